// Attributes that no project of fixtures/projects can show on Debian bookworm's engine (API 1.41): why, and the test that shows each instead.
export const elsewhere: Readonly<Record<string, { readonly because: string; readonly test: string }>> = {};

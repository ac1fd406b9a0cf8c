export const mutatedCase = (_: number): undefined => undefined;

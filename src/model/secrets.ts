// Which names hold secrets (architecture.md §6): the rule that redaction, masking and diagnostics share.

const telling = /^(PASS|SECRET|TOKEN|KEY|CRED|AUTH|PRIVATE|DSN)|(PASS|SECRET|TOKEN|KEY|CRED|AUTH|PRIVATE|DSN)S?$|PASSWO?R?D/;
/** Keys of the specification that name secrets without holding one. */
const innocent = new Set(['secrets', 'secret', 'credential_spec', 'keys']);

/** Whether a variable or key with this name holds a secret: one of its words starts or ends with PASS, SECRET, TOKEN, KEY, CRED, AUTH, PRIVATE or DSN. */
export function isSecretName(name: string): boolean {
  if (innocent.has(name)) return false;
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .split(/[^A-Z\d]+/)
    .some(word => telling.test(word));
}

/** A text with the password of every URL in it replaced. A password may hold an `@`: the last one before the path ends it. */
export function replaceUrlPasswords(text: string, replacement: (password: string) => string): string {
  return text.replace(
    /((?<![a-z\d+.-])[a-z\d+.-]+:\/\/[^\s:/@"']*:)([^\s/"']+)(@)/gi,
    (_, before: string, password: string, after: string) => before + replacement(password) + after,
  );
}

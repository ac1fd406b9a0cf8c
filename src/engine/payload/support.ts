// What fig cannot yet bring to the engine, and what nobody can: said with its place before anything is done, never dropped in silence.
import type { Code } from '../../diagnostics/codes.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { placeOf } from '../../model/places.ts';
import type { Project } from '../../model/project.ts';
import type { Service } from '../../model/service.ts';
import { networksByPriority } from './endpoints.ts';
import { contentOf } from './files.ts';

interface Found {
  readonly code: Extract<Code, 'request.not-yet' | 'project.inconsistent'>;
  /** Under the service. */
  readonly path: string;
  readonly message: string;
}

/**
 * The reasons why the services of a project cannot be brought to an engine, in the order of service names; all are errors.
 * `develop`, `attach`, `deploy.mode` and the like have no effect on an engine and need no mention; `credential_spec` has none in the reference.
 */
export function unsupported(project: Project): readonly Diagnostic[] {
  return Object.values(project.services)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(service =>
      [...notYet(service), ...contradictions(service), ...files(project, service, 'secrets'), ...files(project, service, 'configs')].map(
        ({ code, path, message }) => ({
          code,
          severity: 'error' as const,
          message,
          related: [],
          ...placeOf(project, `services.${service.name}${path && `.${path}`}`),
        }),
      ),
    );
}

/** Attributes that fig reads and prints, and does not perform. */
function notYet(service: Service): readonly Found[] {
  const missing = (path: string, what: string): Found => ({
    code: 'request.not-yet',
    path,
    message: `service "${service.name}" has ${what}, which fig cannot bring to the engine yet`,
  });
  return [
    ...(service.provider ? [missing('provider', 'a provider')] : []),
    ...(Object.keys(service.models ?? {}).length > 0 ? [missing('models', 'models')] : []),
    ...(service.use_api_socket ? [missing('use_api_socket', 'use_api_socket')] : []),
    ...((service.pre_start ?? []).length > 0 ? [missing('pre_start', 'pre_start hooks')] : []),
    ...(service.security_opt ?? []).flatMap((option, index) =>
      /^seccomp[=:](?!unconfined$|builtin$)/.test(option) ? [missing(`security_opt[${index}]`, 'a seccomp profile from a file')] : [],
    ),
  ];
}

/** What the reference refuses too, in its words where scripts may look for them. */
function contradictions(service: Service): readonly Found[] {
  const wrong = (path: string, message: string): Found => ({ code: 'project.inconsistent', path, message });
  const [first] = networksByPriority(service);
  const address = first === undefined ? undefined : service.networks?.[first]?.mac_address;
  const check = service.healthcheck;
  return [
    ...(service.mac_address && address && address !== service.mac_address
      ? [wrong('mac_address', `the service-level mac_address should have the same value as network ${first}`)]
      : []),
    ...(check?.start_interval !== undefined && check.start_period === undefined
      ? [wrong('healthcheck.start_interval', 'healthcheck.start_interval requires healthcheck.start_period to be set')]
      : []),
    ...(service.security_opt ?? []).flatMap((option, index) =>
      /[=:]/.test(option) || option === 'no-new-privileges' ? [] : [wrong(`security_opt[${index}]`, `invalid security-opt: "${option}"`)],
    ),
  ];
}

function files(project: Project, service: Service, kind: 'secrets' | 'configs'): readonly Found[] {
  const one = kind === 'secrets' ? 'secret' : 'config';
  return (service[kind] ?? []).flatMap((reference, index) => {
    const path = `${kind}[${index}]`;
    const wrong = (message: string): readonly Found[] => [{ code: 'project.inconsistent', path, message }];
    const object = project[kind][reference.source];
    if (!object) return [];
    const name = object.name ?? reference.source;
    if (object.external) return wrong(`unsupported external ${one} ${name}`);
    if (object.driver) return wrong(`Docker Compose does not support ${kind}.*.driver`);
    if (object.template_driver) return wrong(`Docker Compose does not support ${kind}.*.template_driver`);
    const content = contentOf(project, kind, reference.source);
    if (object.environment && !object.content && content === undefined)
      return wrong(`environment variable "${object.environment}" required by ${one} "${name}" is not set`);
    if (content && service.read_only)
      return wrong(`cannot create ${one} "${name}" in read-only service ${service.name}: \`file\` is the sole supported option`);
    const numeric = [reference.uid, reference.gid].every(id => !id || /^\d+$/.test(id));
    return content && !numeric ? wrong(`uid and gid of ${one} "${name}" in service ${service.name} must be numbers`) : [];
  });
}

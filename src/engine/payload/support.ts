// What no engine can be asked for, in the reference's words: said with its place before anything is done.
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { isAddress, isHardwareAddress } from '../../model/address.ts';
import { contentOf } from '../../model/content.ts';
import { placeOf } from '../../model/places.ts';
import type { Project } from '../../model/project.ts';
import type { Service } from '../../model/service.ts';
import { networksByPriority } from './endpoints.ts';

interface Found {
  /** Under the service. */
  readonly path: string;
  readonly message: string;
}

/**
 * The reasons why containers of some services cannot be made, in the order of service names; all are errors.
 * `develop`, `attach`, `deploy.mode` and the like have no effect on an engine and need no mention; `credential_spec` has none in the reference.
 */
export function unsupported(project: Project, services: Iterable<string> = Object.keys(project.services)): readonly Diagnostic[] {
  return [...new Set(services)]
    .map(name => project.services[name])
    .filter(service => service !== undefined)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(service =>
      [...contradictions(service), ...addresses(service), ...files(project, service, 'secrets'), ...files(project, service, 'configs')].map(
        ({ path, message }) => ({
          code: 'project.inconsistent' as const,
          severity: 'error' as const,
          message,
          related: [],
          ...placeOf(project, `services.${service.name}${path && `.${path}`}`),
        }),
      ),
    );
}

/** What the reference refuses too, in its words where scripts may look for them. */
function contradictions(service: Service): readonly Found[] {
  const wrong = (path: string, message: string): Found => ({ path, message });
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
    ...(service.use_api_socket && service.read_only
      ? [wrong('use_api_socket', `cannot create config "" in read-only service ${service.name}: \`file\` is the sole supported option`)]
      : []),
    ...(service.security_opt ?? []).flatMap((option, index) =>
      /[=:]/.test(option) || option === 'no-new-privileges' ? [] : [wrong(`security_opt[${index}]`, `invalid security-opt: "${option}"`)],
    ),
  ];
}

/** `fe80::1%eth0` without the part that only this machine understands. */
const withoutZone = (text: string) => (text.includes(':') ? text.replace(/%.+$/s, '') : text);

/** Texts that have to be addresses; the reference parses them as it makes the container. */
function addresses(service: Service): readonly Found[] {
  const unlessAddress = (path: string, what: string, text: string | undefined): readonly Found[] =>
    !text || isAddress(withoutZone(text)) ? [] : [{ path, message: `invalid ${what}: ParseAddr("${text}"): unable to parse IP` }];
  const unlessHardware = (path: string, text: string | undefined): readonly Found[] =>
    !text || isHardwareAddress(text) ? [] : [{ path, message: `invalid MAC address: address ${text}: invalid MAC address` }];
  const networks = Object.entries(service.networks ?? {}).flatMap(([key, network]) => [
    ...unlessAddress(`networks.${key}.ipv4_address`, 'IPv4 address', network?.ipv4_address),
    ...unlessAddress(`networks.${key}.ipv6_address`, 'IPv6 address', network?.ipv6_address),
    ...(network?.link_local_ips ?? []).flatMap((text, index) =>
      unlessAddress(`networks.${key}.link_local_ips[${index}]`, 'link-local IP', text),
    ),
    ...unlessHardware(`networks.${key}.mac_address`, network?.mac_address),
  ]);
  return [
    ...(service.dns ?? []).flatMap((text, index) => unlessAddress(`dns[${index}]`, 'DNS address', text)),
    ...(service.network_mode ? [] : [...networks, ...unlessHardware('mac_address', service.mac_address)]),
  ];
}

function files(project: Project, service: Service, kind: 'secrets' | 'configs'): readonly Found[] {
  const one = kind === 'secrets' ? 'secret' : 'config';
  return (service[kind] ?? []).flatMap((reference, index) => {
    const path = `${kind}[${index}]`;
    const wrong = (message: string): readonly Found[] => [{ path, message }];
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

// How a container is on its networks: aliases, addresses, and which network comes first (interop.md §4.3).
import { containerName } from '../../model/identity.ts';
import type { Project } from '../../model/project.ts';
import type { Service } from '../../model/service.ts';
import type { Payload } from '../engine.ts';
import { apiAtLeast } from './api-level.ts';

/** The driver option that names the interface in the container. */
const interfaceOption = 'com.docker.network.endpoint.ifname';

export interface EndpointContext {
  readonly project: Project;
  readonly service: Service;
  /** The container's final name. */
  readonly name: string;
  readonly apiVersion: string;
  /** Whether the service's name and aliases lead to the container; false for most one-offs. */
  readonly useAliases: boolean;
  readonly links: readonly string[];
}

/** The networks of a service: highest priority first, then by name. */
export function networksByPriority(service: Service): readonly string[] {
  const priority = (key: string) => Number(service.networks?.[key]?.priority ?? 0);
  return Object.keys(service.networks ?? {}).sort((a, b) => priority(b) - priority(a) || (a < b ? -1 : 1));
}

function engineName(project: Project, key: string): string {
  const network = project.networks[key];
  return network?.name ?? (network?.external ? key : `${project.name}_${key}`);
}

/** The settings of one network of a service. The service's own mac_address goes to the first of them. */
function endpointSettings(context: EndpointContext, key: string, isFirst: boolean): Payload {
  const { service, name, useAliases, links } = context;
  const config = service.networks?.[key] ?? undefined;
  const macAddress = config?.mac_address || (isFirst ? service.mac_address : undefined);
  const options = {
    ...(config?.interface_name ? { [interfaceOption]: config.interface_name } : {}),
    ...config?.driver_opts,
    ...(config?.interface_name ? { [interfaceOption]: config.interface_name } : {}),
  };
  return {
    Aliases: useAliases ? [name, service.name, ...(config?.aliases ?? [])] : [name],
    ...(links.length > 0 ? { Links: links } : {}),
    ...(config
      ? {
          IPAMConfig: {
            ...(config.ipv4_address ? { IPv4Address: config.ipv4_address } : {}),
            ...(config.ipv6_address ? { IPv6Address: config.ipv6_address } : {}),
            ...(config.link_local_ips?.some(Boolean) ? { LinkLocalIPs: config.link_local_ips.filter(Boolean) } : {}),
          },
        }
      : {}),
    ...(macAddress ? { MacAddress: macAddress } : {}),
    ...(Object.keys(options).length > 0 ? { DriverOpts: options } : {}),
    ...(config?.gw_priority ? { GwPriority: config.gw_priority } : {}),
  };
}

export interface Attachment {
  readonly networkMode: string;
  /** NetworkingConfig of the create call. */
  readonly networking?: Payload;
  /** Networks to connect right after the create call, by their names on the engine. */
  readonly connect: readonly { readonly network: string; readonly body: Payload }[];
  /** For Config.MacAddress: engines before API 1.44 know no address of an endpoint. */
  readonly macAddress?: string;
}

/** On which networks a container is made. From API 1.44 on all of them at once; before, the first, and the others by calls of their own. */
export function attachment(context: EndpointContext): Attachment {
  const { project, service, apiVersion } = context;
  const macAddress = service.mac_address ? { macAddress: service.mac_address } : {};
  if (service.network_mode)
    return { networkMode: service.network_mode, connect: [], ...(apiAtLeast(apiVersion, '1.44') ? {} : macAddress) };
  const [first = 'default', ...others] = networksByPriority(service);
  if (!project.networks[first]) return { networkMode: 'none', connect: [] };
  const settings = (key: string) => endpointSettings(context, key, key === first);
  const networkMode = engineName(project, first);
  if (apiAtLeast(apiVersion, '1.44')) {
    const endpoints = Object.fromEntries([first, ...others].map(key => [engineName(project, key), settings(key)]));
    return { networkMode, networking: { EndpointsConfig: endpoints }, connect: [] };
  }
  const own = service.networks?.[first]?.mac_address || service.mac_address;
  return {
    networkMode,
    networking: { EndpointsConfig: { [networkMode]: settings(first) } },
    connect: others.map(key => ({ network: engineName(project, key), body: { EndpointConfig: settings(key) } })),
    ...(own ? { macAddress: own } : {}),
  };
}

/** The call that connects a container that exists to a network made anew, with all the settings it was made with. */
export function endpointPayload(
  project: Project,
  place: { readonly network: string; readonly service: string; readonly replica: number },
  containerId: string,
): { readonly network: string; readonly body: Payload } {
  const service = project.services[place.service] ?? { name: place.service, command: null, entrypoint: null };
  const context = { project, service, name: containerName(project, service, place.replica), apiVersion: '', useAliases: true, links: [] };
  const isFirst = networksByPriority(service)[0] === place.network;
  return {
    network: engineName(project, place.network),
    body: { Container: containerId, EndpointConfig: endpointSettings(context, place.network, isFirst) },
  };
}

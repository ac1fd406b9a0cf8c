// The body of the call that makes a network (interop.md §4.3).
import type { Project } from '../../model/project.ts';
import type { IpamPool, Network } from '../../model/resources.ts';
import type { Payload } from '../engine.ts';
import { sortedRecord, withoutUnset } from './host.ts';
import { resourceLabels } from './labels.ts';

/** `configHash` is networkHash of the network. */
export function networkPayload(project: Project, key: string, network: Network, configHash: string): Payload {
  const { ipam } = network;
  const hasIpam = ipam && (ipam.driver || (ipam.config ?? []).length > 0 || Object.keys(ipam.options ?? {}).length > 0);
  return withoutUnset({
    Name: network.name ?? `${project.name}_${key}`,
    // Engines before API 1.44 make a second network of a name otherwise.
    CheckDuplicate: true,
    Driver: network.driver || undefined,
    Options: sortedRecord(network.driver_opts),
    Internal: network.internal || undefined,
    Attachable: network.attachable || undefined,
    EnableIPv4: network.enable_ipv4,
    EnableIPv6: network.enable_ipv6,
    IPAM: hasIpam
      ? withoutUnset({ Driver: ipam.driver || undefined, Config: ipam.config?.map(pool), Options: sortedRecord(ipam.options) })
      : undefined,
    Labels: resourceLabels(project, 'network', key, network.labels, configHash),
  });
}

function pool({ subnet, ip_range, gateway, aux_addresses }: IpamPool): Payload {
  return withoutUnset({
    Subnet: subnet || undefined,
    IPRange: ip_range || undefined,
    Gateway: gateway || undefined,
    AuxiliaryAddresses: sortedRecord(aux_addresses),
  });
}

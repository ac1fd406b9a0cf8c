// use_api_socket: what a service is given so that it can speak to the engine, as the docker command does for `--use-api-socket` (interop.md §3.6).
import { named } from './named.ts';
import type { Project } from './project.ts';
import type { Service } from './service.ts';

const socket = '/var/run/docker.sock';
const directory = '/run/secrets/docker';
/** The config that holds the registries' credentials; no file can declare a config of this name. */
const configName = '#apisocket';

/** The service with the engine's socket, the place of the credentials, and the config that brings them; as it is where it asks for none. */
export function withApiSocket(service: Service): Service {
  if (!service.use_api_socket) return service;
  return {
    ...service,
    volumes: [...(service.volumes ?? []), { type: 'bind', source: socket, target: socket }],
    environment: named([['DOCKER_CONFIG', directory], ...Object.entries(service.environment ?? {})]),
    configs: [...(service.configs ?? []), { source: configName, target: `${directory}/config.json` }],
  };
}

/** The project with the config that such services refer to. `credentials`: the text of a config.json. */
export function withApiSocketConfig(project: Project, credentials: string): Project {
  return { ...project, configs: named([...Object.entries(project.configs), [configName, { content: credentials }]]) };
}

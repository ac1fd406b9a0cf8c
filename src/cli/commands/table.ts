// All commands by name. Each is loaded when it is called, so that none costs another its start.
import type { Command } from '../command.ts';
import type { CommandSummary } from '../help.ts';

export interface CommandRow extends CommandSummary {
  /** Absent: the reference has the command, fig not yet. */
  readonly load?: () => Promise<Command>;
}

/** The commands, in no order that matters: the help sorts them. */
export const commandRows: readonly CommandRow[] = [
  { name: 'build', summary: 'Build the images of services', load: async () => (await import('./build.ts')).build },
  {
    name: 'check',
    summary: 'Examine the Compose files, and mend what is surely wrong',
    load: async () => (await import('./check.ts')).check,
  },
  {
    name: 'config',
    summary: 'Check the Compose files and print what they mean',
    load: async () => (await import('./config.ts')).config,
  },
  { name: 'create', summary: 'Create containers without starting them', load: async () => (await import('./create.ts')).create },
  { name: 'down', summary: 'Stop and remove containers and networks', load: async () => (await import('./down.ts')).down },
  { name: 'exec', summary: 'Run a command in a running container', load: async () => (await import('./exec.ts')).exec },
  { name: 'images', summary: 'List the images of containers', load: async () => (await import('./images.ts')).images },
  { name: 'kill', summary: 'End containers at once, or send them a signal', load: async () => (await import('./kill.ts')).kill },
  { name: 'logs', summary: 'Show what containers say', load: async () => (await import('./logs.ts')).logs },
  { name: 'ls', summary: 'List projects', load: async () => (await import('./ls.ts')).ls },
  { name: 'pause', summary: 'Pause containers', load: async () => (await import('./pause.ts')).pause },
  { name: 'port', summary: 'Show where a port is published', load: async () => (await import('./port.ts')).port },
  { name: 'ps', summary: 'List containers', load: async () => (await import('./ps.ts')).ps },
  { name: 'pull', summary: 'Pull the images of services', load: async () => (await import('./pull.ts')).pull },
  { name: 'restart', summary: 'Restart containers', load: async () => (await import('./restart.ts')).restart },
  { name: 'rm', summary: 'Remove stopped containers', load: async () => (await import('./rm.ts')).rm },
  { name: 'run', summary: 'Run a command in a new container of a service', load: async () => (await import('./run.ts')).run },
  { name: 'scale', summary: 'Set how many containers services have', load: async () => (await import('./scale.ts')).scale },
  { name: 'start', summary: 'Start containers that are there', load: async () => (await import('./start.ts')).start },
  { name: 'stop', summary: 'Stop containers', load: async () => (await import('./stop.ts')).stop },
  { name: 'top', summary: 'Show the processes in containers', load: async () => (await import('./top.ts')).top },
  { name: 'unpause', summary: 'Let paused containers go on', load: async () => (await import('./pause.ts')).unpause },
  { name: 'up', summary: 'Create and start containers', load: async () => (await import('./up.ts')).up },
  { name: 'version', summary: 'Show the version of fig', load: async () => (await import('./version.ts')).version },
  {
    name: 'completion',
    summary: 'Print the completion script for a shell',
    load: async () => (await import('./completion.ts')).completion,
  },
  {
    name: '__complete',
    summary: 'Answer a shell that completes',
    hidden: true,
    load: async () => (await import('./completion.ts')).complete,
  },
  {
    name: 'docker-cli-plugin-metadata',
    summary: 'Introduce fig to the docker command',
    hidden: true,
    load: async () => (await import('./version.ts')).pluginMetadata,
  },
  ...['alpha', 'attach', 'bridge', 'commit', 'cp', 'events', 'export', 'publish', 'push', 'stats', 'viz', 'volumes', 'wait', 'watch'].map(
    name => ({ name, summary: 'Not yet in fig', hidden: true as const }),
  ),
];

/** The row of a command. */
export function findCommand(name: string): CommandRow | undefined {
  return commandRows.find(row => row.name === name);
}

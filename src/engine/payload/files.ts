// Secrets and configs that are no files of the host: what is put into a container right before each start (interop.md §4.6).
import { contentOf } from '../../model/content.ts';
import type { Project } from '../../model/project.ts';
import type { Service } from '../../model/service.ts';
import { parseMode } from '../../model/values.ts';
import { fileTarget } from './mounts.ts';

export interface DeliveredFile {
  /** From the container's root, without a slash before it: as archives want it. */
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Whether the file is to belong to uid and gid; otherwise the engine decides. */
  readonly ownerGiven: boolean;
  readonly content: Uint8Array;
}

/** The files of a service that are delivered, secrets first; empty ones are left out. */
export function filesToDeliver(project: Project, service: Service): readonly DeliveredFile[] {
  return (['secrets', 'configs'] as const).flatMap(kind =>
    (service[kind] ?? []).flatMap(reference => {
      const content = contentOf(project, kind, reference.source);
      if (!content) return [];
      return {
        path: fileTarget(kind, reference.source, reference.target).replace(/^\/+/, ''),
        mode: Number((reference.mode === undefined ? undefined : parseMode(reference.mode)) ?? 0o444),
        uid: Number(reference.uid ?? 0) || 0,
        gid: Number(reference.gid ?? 0) || 0,
        ownerGiven: Boolean(reference.uid || reference.gid),
        content: new TextEncoder().encode(content),
      };
    }),
  );
}

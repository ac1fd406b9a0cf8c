// The public API of fig, and the one door that the command line and the dashboard use. Named exports only.
export { type ApplyOptions, apply, planProject } from './api/apply.ts';
export { type Checked, checkProject, type Mended, type MendedFile, mendProject, rewriteFiles } from './api/check.ts';
export { connect, type EngineSettings, locksOf } from './api/connect.ts';
export type { Answer, Consent, Question } from './api/consent.ts';
export { composeJson, composeYaml, documentJson, documentYaml, serviceHashes, variablesJson, variablesYaml } from './api/convert.ts';
export { readEnvFiles } from './api/env-files.ts';
export { attachToService, type ExecRequest, execInService } from './api/exec.ts';
export { attachedServices, type Following, type FollowOptions, followProject, refuseUnknownCode } from './api/follow.ts';
export {
  type ContainerQuery,
  findPort,
  inspectProject,
  type ListedContainer,
  type ListedImage,
  type ListedProcesses,
  type ListedProject,
  type ListedVolume,
  listContainers,
  listImages,
  listProcesses,
  listProjects,
  listVolumes,
  type PortQuery,
  selectContainer,
} from './api/inspect.ts';
export { type EventsRequest, followEvents, type LogRequest, readLogs, waitForServices } from './api/logs.ts';
export { openProject, recallProject } from './api/open.ts';
export { preview } from './api/preview.ts';
export { Refusal } from './api/refusal.ts';
export { type OneOffRequest, runOneOff } from './api/run.ts';
export type { Outcome, Run } from './api/run-handle.ts';
export { readShortForms } from './api/short-forms.ts';
export type { Turns } from './api/turn.ts';
export type { Loaded, LoadRequest, VariableUse } from './compose/request.ts';
export type { Code } from './diagnostics/codes.ts';
export type { Diagnostic, Related } from './diagnostics/diagnostic.ts';
export type { Edit, Mend } from './diagnostics/mend.ts';
export { suggest } from './diagnostics/suggest.ts';
export type { Engine, EngineEvent } from './engine/engine.ts';
export type { Event, EventBody, EventOf } from './events/event.ts';
export type { LogSink } from './events/log-sink.ts';
export { noProgress, type Progress, reduce, type SubjectProgress, type SubjectState } from './events/progress.ts';
export type { BuildSettings } from './execute/performer.ts';
export type { Terminal } from './follow/attach.ts';
export { turnVariable } from './model/identity.ts';
export type { Named } from './model/named.ts';
export type { Observed, ObservedContainer, ObservedImage, ObservedNetwork, ObservedVolume } from './model/observed.ts';
export type { Project } from './model/project.ts';
export type { Service } from './model/service.ts';
export { splitCommand } from './model/values.ts';
export type { Cause, Change } from './plan/cause.ts';
export type { Intent, RecreateRule, UpIntent } from './plan/intent.ts';
export type { Operation, StepId } from './plan/operation.ts';
export type { Plan, Step, StepSubject } from './plan/plan.ts';
export type { SourceReader } from './source/reader.ts';

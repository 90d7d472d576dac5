import type { IbkrOptions, IbkrPorts, IbkrService } from './ports.ts';
import { IbkrSession } from './session.ts';

export type {
  AccountValue,
  ContractAnswer,
  HistoryRequest,
  HistoryResult,
  IbkrOptions,
  IbkrPorts,
  IbkrService,
  Refusal,
  RequestFailure,
  Result,
} from './ports.ts';

/** The one session of the program: nothing is opened before `start`. */
export function createIbkrService(options: IbkrOptions, ports: IbkrPorts): IbkrService {
  return new IbkrSession(options, ports);
}

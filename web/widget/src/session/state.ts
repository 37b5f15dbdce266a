import type { Author, VisitorConversation } from '../../../shared/api';
import type { JoinCode, WordLeft } from '../../../shared/api/visitor';
import type { ConnectionStatus } from './connection';
import type { FileUnderway, RefusedFile } from './files';
import type { TimelineItem } from './timeline';

/** All that a page shows of a chat. */
export interface ChatState {
  connection: ConnectionStatus;
  conversation: VisitorConversation | null;
  items: readonly TimelineItem[];
  typing: Author | null;
  unread: number;
  /** Files of the message that is being written. */
  files: readonly FileUnderway[];
  refusedFiles: readonly RefusedFile[];
  /** The conversation has ended, and the visitor may say how it was. */
  surveyDue: boolean;
  /** The token was refused and a new conversation begun. */
  renewed: boolean;
  /** No session can be had; only `restart` tries again. */
  barred: boolean;
}

export type RatingResult = 'stored' | 'already' | 'failed';

/** `often`: the page has asked for too many within an hour. */
export type JoinCodeResult = JoinCode | 'often' | 'failed';

/**
 * `gone`: there was no wait any more, somebody has come or it is a ticket already; `contact`:
 * nobody can be reached by it.
 */
export type LeaveWordResult = WordLeft | 'gone' | 'contact' | 'failed';

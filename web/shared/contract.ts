/**
 * Holds the types written by hand against docs/openapi.json, at `npm run typecheck`.
 *
 * A drift shows as an error below that names the field, e.g. `StaffMessage.labels.nature`.
 */
import type * as api from './api';
import type * as alerts from './api/alerts';
import type * as appointments from './api/appointments';
import type * as audit from './api/audit';
import type * as channels from './api/channels';
import type * as customers from './api/customers';
import type * as followUps from './api/follow-ups';
import type * as handoffs from './api/handoffs';
import type * as inbox from './api/inbox';
import type * as knowledge from './api/knowledge';
import type * as material from './api/material';
import type * as people from './api/people';
import type * as reach from './api/reach';
import type * as review from './api/review';
import type * as settings from './api/settings';
import type * as shell from './api/shell';
import type * as tickets from './api/tickets';
import type * as training from './api/training';
import type * as visitor from './api/visitor';
import type * as wall from './api/wall';
import type * as why from './api/why';
import type { components } from './openapi';

type Schemas = components['schemas'];

/** What the desk answers, by the name of its schema: each has all that the type promises. */
interface Answers {
  AccountCheck: channels.AccountCheck;
  AccountList: channels.AccountList;
  AccountOut: channels.Account;
  AccountSaved: channels.SavedAccount;
  AgentOut: api.Agent;
  AlikeItem: review.AlikeItem;
  BulkResult: review.BulkResult;
  CanaryOut: training.Canary;
  ClusterOut: review.Cluster;
  AlertOut: alerts.Alert;
  AppointmentOut: appointments.Appointment;
  AttachmentOut: api.Attachment;
  AuditLine: audit.AuditLine;
  AuditPage: audit.AuditPage;
  AuditState: audit.AuditState;
  CannedList: settings.CannedReplies;
  CannedOut: settings.CannedRecord;
  ChangePage: material.LearningHistory;
  ConversationDetail: api.ConversationDetail;
  ConversationList: api.ConversationList;
  ConversationSummary: api.ConversationSummary;
  CustomerDetail: customers.CustomerRecord;
  CustomerLine: customers.CustomerLine;
  CustomerList: customers.CustomerList;
  ErasureOut: customers.Erasure;
  DayOut: settings.CalendarDay;
  DeliveryOut: reach.Delivery;
  DraftOut: knowledge.KnowledgeDraft;
  ErrorBody: api.ApiErrorBody;
  FollowUpOut: followUps.FollowUp;
  FoundList: shell.FoundList;
  HandoffList: handoffs.Handoffs;
  HandoffOut: handoffs.Handoff;
  HandoffPacket: handoffs.HandoffPacket;
  HistoryEntry: tickets.TicketEvent;
  ImportOut: knowledge.KnowledgeImport;
  IncidentOut: alerts.Incident;
  IntentList: material.IntentList;
  ItemPage: review.ReviewPage;
  JoinCodeOut: visitor.JoinCode;
  KnowledgeEntryOut: api.KnowledgeEntry;
  KnowledgeList: knowledge.KnowledgeList;
  KnowledgePage: knowledge.EntryPage;
  LabelOut: material.LineLabel;
  LinePage: material.LinePage;
  LinesAdded: material.LinesAdded;
  MacroDone: inbox.MacroDone;
  MacroOut: settings.Macro;
  MessageAccepted: api.MessageAccepted;
  MessageOut: api.Message;
  NotificationList: shell.NotificationList;
  NotificationOut: shell.Notification;
  OwnAccount: people.OwnAccount;
  Proof: training.Proof;
  ProofBeingMade: training.ProofBeingMade;
  ProofNotMade: training.ProofNotMade;
  Proposed: review.Proposed;
  QueueItem: inbox.QueueItem;
  QueueOut: inbox.QueueNow;
  ReachOut: reach.Reach;
  ReadyReply: inbox.ReadyReply;
  ReleaseOut: training.Release;
  RunDetail: training.RunDetail;
  RunList: training.RunList;
  ResponseList: { items: material.BotText[] };
  SavedViewOut: inbox.SavedView;
  Session: api.StaffSession;
  SettingOut: settings.Setting;
  SimilarList: knowledge.SimilarList;
  SlotOut: appointments.FreeTime;
  StaffMessage: api.StaffMessage;
  StaffMessages: api.StaffMessages;
  SubscriptionSent: reach.Reminded;
  TeamOut: people.Team;
  TicketDetail: tickets.TicketDetail;
  TicketList: tickets.TicketList;
  TicketSummary: tickets.TicketSummary;
  TicketTold: tickets.TicketTold;
  TurnOut: api.Turn;
  Undelivered: reach.Undelivered;
  User: api.User;
  VersionList: { items: knowledge.EntryVersion[] };
  ViewerOut: api.Viewer;
  VisitorConversation: api.VisitorConversation;
  VisitorMessages: api.VisitorMessages;
  VisitorSessionOut: api.VisitorSession;
  WallOut: wall.Wall;
  Why: why.Why;
  WordLeftOut: visitor.WordLeft;
  api__learning__why__schemas__Tried: why.Tried;
  api__tickets__schemas__Revealed: tickets.RevealedTicket;
}

type Versioned<T> = T & { version: number };

/** What the pages send: nothing is missing, and nothing is sent that the desk does not read. */
interface Bodies {
  AgentChange: people.AgentChange;
  AgentText: inbox.NewReply;
  CannedIn: settings.CannedDraft;
  CustomerChange: Versioned<customers.CustomerChange>;
  DecisionIn: review.Decision;
  IncidentChange: alerts.IncidentChange;
  IntentChange: material.IntentChange;
  IntentIn: material.NewIntent;
  KnowledgeChange: api.KnowledgeChange;
  LabelChange: inbox.LabelChange;
  LinesIn: material.NewLines;
  MacroIn: settings.MacroDraft;
  ErasureWish: customers.ErasureWish;
  MergeWish: customers.MergeWish;
  NewAgent: people.NewAgent;
  NewIncident: alerts.NewIncident;
  NewTicket: tickets.TicketDraft;
  Rating: visitor.Survey;
  Read: shell.Read;
  RunMacro: inbox.MacroRun;
  StateChange: Versioned<tickets.StateMove>;
  TeamIn: people.TeamChange;
  TicketChange: Versioned<tickets.TicketFields>;
  TicketFromConversation: inbox.NewTicket;
  Transfer: inbox.TransferTarget;
  WrapUpForm: inbox.WrapUpForm;
  api__conversations__bodies__NewNote: inbox.NewNote;
}

/** Fields with a default are always in an answer, though its description calls them optional. */
type Whole<T> = T extends object ? { [Key in keyof T]-?: Whole<T[Key]> } : T;

type None = null | undefined;
type Text<T> = [Exclude<T, None>] extends [string] ? true : false;

/**
 * Where `Given` is not what `Wanted` says. A plain string may turn out to be any of a few, and what
 * the description does not tell (`unknown`) anything.
 */
type Drift<Given, Wanted, Path extends string> = [Given] extends [Wanted]
  ? never
  : unknown extends Given
    ? never
    : [Extract<Given, None>] extends [Wanted]
      ? Inner<Exclude<Given, None>, Exclude<Wanted, None>, Path>
      : `${Path} may be empty`;

type Inner<Given, Wanted, Path extends string> = [Given] extends [Wanted]
  ? never
  : [Text<Given>, Text<Wanted>] extends [true, true]
    ? string extends Given
      ? never
      : `${Path}: ${Exclude<Given & string, Wanted>}`
    : [Given, Wanted] extends [readonly (infer One)[], readonly (infer Other)[]]
      ? Drift<One, Other, `${Path}[]`>
      : [Given, Wanted] extends [object, object]
        ? { [Key in keyof Wanted & string]: Field<Given, Wanted, Key, Path> }[keyof Wanted & string]
        : Path;

type Field<
  Given,
  Wanted,
  Key extends keyof Wanted & string,
  Path extends string,
> = Key extends keyof Given
  ? Drift<Given[Key], Wanted[Key], `${Path}.${Key}`>
  : undefined extends Wanted[Key]
    ? never
    : `${Path}.${Key} is missing`;

type Unread<Sent, Known, Path extends string> = `${Path}.${Exclude<keyof Sent, keyof Known> &
  string} is not read`;

type AnswerDrift = {
  [Name in keyof Answers]: Drift<Whole<Schemas[Name]>, Answers[Name], Name>;
}[keyof Answers];
type BodyDrift = {
  [Name in keyof Bodies]:
    Drift<Bodies[Name], Schemas[Name], Name> | Unread<Bodies[Name], Schemas[Name], Name>;
}[keyof Bodies];

type Nothing<T extends never> = T;
export type Held = Nothing<AnswerDrift | BodyDrift>;

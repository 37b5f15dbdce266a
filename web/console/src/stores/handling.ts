import { defineStore } from 'pinia';
import type { ConversationDetail } from '../../../shared/api';
import type { LabelChange, NewTicket, TransferTarget, WrapUpForm } from '../../../shared/api/inbox';
import { useInbox } from '../api';
import { useOpened } from './opened';

/** What an agent does with the opened conversation; what the desk refuses is raised. */
export const useHandling = defineStore('handling', () => {
  const inbox = useInbox();
  const opened = useOpened();

  async function take(): Promise<void> {
    await move((wanted) => inbox.take(wanted));
  }

  async function decline(): Promise<void> {
    await move((wanted) => inbox.decline(wanted));
  }

  async function transfer(to: TransferTarget, note: string): Promise<void> {
    await move((wanted) => inbox.transfer(wanted, to, note));
  }

  async function returnToBot(note: string): Promise<void> {
    await move((wanted) => inbox.returnToBot(wanted, note));
  }

  async function setResponsible(agentId: string): Promise<void> {
    await move((wanted) => inbox.setResponsible(wanted, agentId));
  }

  async function beginWrapUp(): Promise<void> {
    await move((wanted) => inbox.beginWrapUp(wanted));
  }

  async function close(form: WrapUpForm): Promise<void> {
    await move((wanted) => inbox.close(wanted, form));
  }

  async function setTags(tags: string[]): Promise<void> {
    await move((wanted) => inbox.setTags(wanted, tags));
  }

  async function correctLabels(change: LabelChange): Promise<void> {
    await move((wanted) => inbox.correctLabels(wanted, change));
  }

  /** Opens a ticket of the conversation; gives its number. */
  async function toTicket(ticket: NewTicket): Promise<string | null> {
    if (opened.id === null) return null;
    const { number } = await inbox.toTicket(opened.id, ticket);
    await opened.refresh();
    return number;
  }

  async function recall(seq: number): Promise<void> {
    const wanted = opened.id;
    if (wanted !== null) opened.receive(wanted, [await inbox.recall(wanted, seq)]);
  }

  async function retrySending(seq: number): Promise<void> {
    const wanted = opened.id;
    if (wanted !== null) opened.receive(wanted, [await inbox.retry(wanted, seq)]);
  }

  /** Reminds a customer whose window has closed. */
  async function remind(): Promise<'sent' | 'unconfirmed' | null> {
    const wanted = opened.id;
    if (wanted === null) return null;
    const { state, reach } = await inbox.remind(wanted);
    opened.reached(wanted, reach);
    return state;
  }

  /** Shows the message with its numbers in full; the look is recorded. */
  async function reveal(seq: number, reason: string): Promise<void> {
    const wanted = opened.id;
    if (wanted !== null) opened.reveal(wanted, seq, await inbox.reveal(wanted, seq, reason));
  }

  async function move(act: (wanted: string) => Promise<ConversationDetail>): Promise<void> {
    if (opened.id !== null) await opened.moved(await act(opened.id));
  }

  return {
    take,
    decline,
    transfer,
    returnToBot,
    setResponsible,
    beginWrapUp,
    close,
    setTags,
    correctLabels,
    toTicket,
    recall,
    retrySending,
    remind,
    reveal,
  };
});

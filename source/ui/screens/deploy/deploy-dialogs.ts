import type { DeployState } from '../../../deploy/deploy-state.ts';
import type { Dialog } from '../../components/dialog-state.ts';
import type { DeployView } from './deploy-view.ts';
import { isOver } from './header-rows.ts';

export type DeployDialog =
  | { kind: 'question'; question: NonNullable<DeployState['question']>; dialog: Dialog }
  | { kind: 'leave'; dialog: Dialog };

/** Whether anything on AWS has been changed already. */
export function isExecuting(state: DeployState): boolean {
  if (state.started?.operation === 'attach' || state.started?.operation === 'cancel') return true;
  return state.phases.execute.status !== 'waiting';
}

/** The question that is on the screen now, if there is one; leaving goes before what the deployment asks. */
export function currentDialog(state: DeployState, view: DeployView): DeployDialog | undefined {
  if (isOver(state)) return undefined;
  if (view.leaving) return { kind: 'leave', dialog: leaveDialog(state) };
  const { question } = state;
  if (question === undefined || question === view.answered) return undefined;
  return {
    kind: 'question',
    question,
    dialog: {
      title: question.message,
      body: question.reasons.map((reason) => `- ${reason}`),
      choices: [
        { key: 'n', label: 'no' },
        { key: 'y', label: 'yes', danger: question.kind !== 'apply' || question.losesData },
      ],
    },
  };
}

function leaveDialog(state: DeployState): Dialog {
  const stack = state.started?.stackName ?? 'the stack';
  if (!isExecuting(state)) {
    return {
      title: 'Stop? Nothing has been changed yet',
      body: ['Ctrl-C again stops at once.'],
      choices: [
        { key: 'w', label: 'keep waiting' },
        { key: 's', label: 'stop', danger: true },
      ],
      escape: 'w',
    };
  }
  const watch = { key: 'w', label: 'keep watching' };
  const detach = { key: 'd', label: 'detach' };
  const body = [
    `Detached, it goes on without this screen; "stp attach" watches it again. Ctrl-C again detaches.`,
  ];
  if (state.cancelling || state.started?.operation === 'delete') {
    return { title: `${stack} is being worked on`, body, choices: [watch, detach], escape: 'w' };
  }
  const cancel = {
    key: 'c',
    label: state.plan?.action === 'create' ? 'cancel and delete the new stack' : 'cancel and roll back',
    danger: true,
  };
  return { title: `${stack} is being worked on`, body, choices: [watch, detach, cancel], escape: 'w' };
}

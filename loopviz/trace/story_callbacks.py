"""asyncio's own callbacks (and uvloop's): which they are, and what each is for.

Decides which callbacks are bookkeeping. A record has only a callback's name, so these are known by it: the table names
those that asyncio schedules to pass on a wake, an end or an event of the selector. A reader who learns what a program
does needs none of them, and one who learns how asyncio does it finds them in the full story.

Awkward case: a program may give a function of its own one of these names; it is then told as asyncio's.
"""

from __future__ import annotations

#: Name of the callback: what it does, after "the loop calls NAME"; ``{task}`` is what it hears of.
PURPOSES = {
    "_run_until_complete_cb": "the loop is to stop, since {task} is done",
    "run_until_complete.<locals>.done_cb": "the loop is to stop, since {task} is done",
    "_set_result_unless_cancelled": "it sets the result that is waited for",
    "gather.<locals>._done_callback": "gather hears that {task} is done",
    "_wait.<locals>._on_completion": "wait hears that {task} is done",
    "as_completed.<locals>._on_completion": "as_completed hears that {task} is done",
    "_AsCompletedIterator._handle_completion": "as_completed hears that {task} is done",
    "TaskGroup._on_task_done": "the TaskGroup hears that {task} is done",
    "shield.<locals>._inner_done_callback": "shield hears that {task} is done",
    "shield.<locals>._outer_done_callback": "shield hears that nobody waits for it any more",
    "shield.<locals>._clear_awaited_by_callback": "shield hears that {task} is done",
    "shield.<locals>._log_on_exception": "shield, which nobody waits for any more, hears that {task} is done",
    "_release_waiter": "it wakes who waits",
    "Timeout._on_timeout": "the time is up",
    "as_completed.<locals>._on_timeout": "the time is up",
    "_AsCompletedIterator._handle_timeout": "the time is up",
    "_chain_future.<locals>._call_set_state": "it hands a result on to another thread or loop",
    "_chain_future.<locals>._set_state": "it takes over a result from another thread or loop",
    "_chain_future.<locals>._call_check_cancel": "it looks whether the work outside is to be cancelled",
    "_set_state": "it takes over a result from another thread or loop",
    "VirtualWorld._worker_done": "loopviz's virtual clock hears that a thread is done",
    "StreamReaderProtocol.connection_made": "it prepares the streams of a connection",
    "StreamReaderProtocol.connection_made.<locals>.callback": "the server hears that {task} has served a connection",
    "run_coroutine_threadsafe.<locals>.callback": "it makes a task for another thread",
}
#: Methods of the loop itself, of its transports, and of its own protocols.
_OF_THE_LOOP = (
    "BaseEventLoop.",
    "BaseSelectorEventLoop.",
    "_UnixSelectorEventLoop.",
    "_Selector",
    "_Unix",
    "SSLProtocol.",
    "FlowControlMixin.",
    "StreamReaderProtocol.",
    "BaseProtocol.",
    "Protocol.eof_received",
    "BaseSubprocessTransport.",
    "SubprocessStreamProtocol.",
    "ReadSubprocessPipeProto.",
    "WriteSubprocessPipeProto.",
    "PidfdChildWatcher.",
    "_PidfdChildWatcher.",
    "ThreadedChildWatcher.",
    "_ThreadedChildWatcher.",
    "UVProcessTransport.",
)
#: Timers by which asyncio limits how long something may take.
TIME_LIMITS = frozenset(
    {
        "_release_waiter",
        "Timeout._on_timeout",
        "as_completed.<locals>._on_timeout",
        "_AsCompletedIterator._handle_timeout",
    }
)
#: What stops the loop when its task is done; the latter is uvloop's.
STOP_THE_LOOP = frozenset({"_run_until_complete_cb", "run_until_complete.<locals>.done_cb"})
#: What a TaskGroup hears a task's end by, and cancels the others where that was an exception.
STOPS_A_GROUP = "TaskGroup._on_task_done"
#: What makes a task for another thread.
FOR_A_THREAD = "run_coroutine_threadsafe.<locals>.callback"
#: The timer of a sleep.
SLEEP = "_set_result_unless_cancelled"


def is_own(name: str) -> bool:
    """Whether a callback is asyncio's."""
    return name in PURPOSES or name.startswith(_OF_THE_LOOP)

"""What ``__main__`` sees of itself and of its interpreter."""

import asyncio
import atexit
import gc
import locale
import logging
import os
import pickle
import signal
import sys
import threading
import warnings


class Pickled:
    """Found again by pickle in ``__main__``."""


def told() -> None:
    main = sys.modules["__main__"]
    print(sys.argv, sys.orig_argv[0] == sys.executable, __name__, __file__, main.__dict__ is globals())
    print(sys.path)
    print(repr(__spec__) if __spec__ is None else (__spec__.name, __spec__.origin, __spec__.parent), __package__)
    print(type(__loader__).__name__, repr(__doc__), sorted(name for name in globals() if name.startswith("__")))
    print(getattr(main, "__cached__", "no __cached__"), globals()["__builtins__"] is __import__("builtins"))
    print(os.getcwd(), sys.flags, sys.warnoptions, sys.dont_write_bytecode, sys.getrecursionlimit())
    print(sys.gettrace(), sys.getprofile(), sys.excepthook is sys.__excepthook__, gc.isenabled(), gc.get_threshold())
    print(sys.displayhook is sys.__displayhook__, sys.unraisablehook is sys.__unraisablehook__, sys.getswitchinterval())
    print([thread.name for thread in threading.enumerate()], threading.active_count(), threading.main_thread().name)
    print(threading.excepthook is threading.__excepthook__, sys.get_asyncgen_hooks())
    print([(number, signal.getsignal(number)) for number in sorted(signal.valid_signals())][:20])
    print(signal.pthread_sigmask(signal.SIG_BLOCK, ()), signal.set_wakeup_fd(-1), locale.getlocale())
    print(warnings.filters, logging.root.handlers, logging.getLogger("asyncio").level)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        print(type(stream), stream.isatty(), stream.encoding, stream.errors, stream.fileno(), stream.name, stream.mode)
    print(sys.stdout is sys.__stdout__, sys.stdout.line_buffering, sys.stdout.write_through, repr(sys.stdout))
    print(pickle.loads(pickle.dumps(Pickled())).__class__ is Pickled, Pickled.__module__)
    print({name: value for name, value in os.environ.items() if "PYTHON" in name or "LOOP" in name})


async def first() -> None:
    task = asyncio.current_task()
    print(task and task.get_name(), [thread.name for thread in threading.enumerate()])


atexit.register(print, "atexit: registered first, runs last")
atexit.register(lambda: print("atexit:", threading.active_count(), sys.modules["__main__"].__name__))
told()
asyncio.run(first())

"""Run a workload with aiomonitor watching its loop, as its users would: ``under_aiomonitor.py PROGRAM ARGS...``."""

import asyncio
import runpy
import sys

import aiomonitor

_run = asyncio.run


def run_watched(main, **options):  # type: ignore[no-untyped-def]
    asyncio.run = _run  # aiomonitor's own thread runs a loop, too

    async def watched():  # type: ignore[no-untyped-def]
        loop = asyncio.get_running_loop()
        # It follows tasks only where it makes them.
        with aiomonitor.start_monitor(loop, port=0, console_port=0, webui_port=0, hook_task_factory=True):
            return await main

    return _run(watched(), **options)


asyncio.run = run_watched
del sys.argv[0]
sys.path.insert(0, sys.argv[0].rpartition("/")[0])
runpy.run_path(sys.argv[0], run_name="__main__")

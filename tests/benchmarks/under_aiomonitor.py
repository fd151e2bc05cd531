"""Run a workload with aiomonitor watching its loop, as its users would: ``under_aiomonitor.py PROGRAM ARGS...``."""

import asyncio
import runpy
import sys

import aiomonitor

_run = asyncio.run


def run_watched(main, **options):  # type: ignore[no-untyped-def]
    async def watched():  # type: ignore[no-untyped-def]
        with aiomonitor.start_monitor(asyncio.get_running_loop(), port=0, console_port=0, webui_port=0):
            return await main

    return _run(watched(), **options)


asyncio.run = run_watched
del sys.argv[0]
sys.path.insert(0, sys.argv[0].rpartition("/")[0])
runpy.run_path(sys.argv[0], run_name="__main__")

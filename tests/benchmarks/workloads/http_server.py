"""An aiohttp server and its client on the loopback: 2,000 requests, ten at a time."""

import asyncio

import aiohttp
import clocked
from aiohttp import web


async def hello(request: web.Request) -> web.Response:
    return web.json_response({"hello": request.query.get("name", "")})


async def work(factor: float) -> None:
    application = web.Application()
    application.router.add_get("/", hello)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"

    async def ask(session: aiohttp.ClientSession) -> None:
        for _ in range(int(200 * factor)):
            async with session.get(url, params={"name": "you"}) as response:
                await response.json()

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(ask(session) for _ in range(10)))
    await runner.cleanup()


clocked.run(work)

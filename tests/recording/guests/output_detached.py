"""Standard output detached and wrapped anew, and standard error closed, as some programs do."""

import asyncio
import io
import sys


async def main() -> None:
    print("before")
    sys.stdout = io.TextIOWrapper(sys.stdout.detach(), encoding="latin-1", write_through=True)
    print("after: é")
    await asyncio.sleep(0)
    sys.stdout.flush()
    sys.stderr.close()
    try:
        print("to a closed stream", file=sys.stderr)
    except ValueError as error:
        print(error)


asyncio.run(main())

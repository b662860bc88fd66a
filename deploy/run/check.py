"""Drives real clients (slixmpp) through a running Annex; ./run --check starts it, with the accounts on standard input.

Each service has a module in checks/ with `async def check(scene)`; a module's assertions run in every round: one process,
then five. To add one, write another `async with scene.step("what must hold"):` there.
"""

import argparse
import asyncio
import importlib.util
import os
import sys
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from scene import Scene, StepFailed  # noqa: E402  (the path must be set first)

LIMIT = 240  # seconds for one round; a healthy one takes a few


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--round", choices=["host", "five", "containers"], required=True)
    parser.add_argument("--server", required=True)
    parser.add_argument("--domain", required=True)
    parser.add_argument("--port", type=int, required=True, help="for clients")
    parser.add_argument("--services", required=True)
    parser.add_argument("--operators", required=True, help="ports of health and metrics")
    parser.add_argument("--rpc", action="append", default=[], metavar="SERVICE=HOST:PORT", help="where calls go")
    parser.add_argument("--web", action="append", default=[], metavar="SERVICE=HOST:PORT", help="where users' HTTP goes")
    parser.add_argument("--accounts", help="user:password pairs; standard input by default")
    parser.add_argument("--control", action="store_true", help="the caller answers lines that begin with control: by done")
    parser.add_argument("--outage", type=float, default=0, metavar="SECONDS", help="with --control: without the broker, at least")
    parser.add_argument("--only", metavar="MODULE", help="of checks/, instead of all")
    return parser.parse_args()


async def run(options, accounts):
    scene = Scene(options, accounts)
    try:
        if options.only:
            await importlib.import_module(f"checks.{options.only}").check(scene)
            return scene.steps
        for service in options.services.split(","):
            name = f"checks.{service}"
            if importlib.util.find_spec(name) is None:
                continue
            await importlib.import_module(name).check(scene)
        await importlib.import_module("checks.together").check(scene)
        if not {"muc", "upload", "push", "turn", "search"} - set(options.services.split(",")):
            await importlib.import_module("checks.consequences").check(scene)
    finally:
        await scene.close()
    return scene.steps


def main():
    options = arguments()
    accounts = dict(pair.split(":", 1) for pair in (options.accounts or sys.stdin.read()).split())
    try:
        steps = asyncio.run(asyncio.wait_for(run(options, accounts), LIMIT))
    except StepFailed as failed:
        print(f"  FAILED {failed}", flush=True)
        cause = failed.__cause__
        detail = "".join(traceback.format_exception(type(cause), cause, cause.__traceback__)[-2:]) if cause else ""
        print("    " + detail.strip().replace("\n", "\n    "), flush=True)
        return 1
    except asyncio.TimeoutError:
        print(f"  FAILED the round did not end within {LIMIT} s", flush=True)
        return 1
    if not steps:
        print("  FAILED nothing was checked", flush=True)
        return 1
    print(f"  {steps} assertions hold", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""Runs an Amplify backend on loopback for as long as its caller lives: users, groups, an identity pool, two buckets, an API.

It is what defineAuth, defineStorage and defineData would generate for the app in project.py, with the models of graphql_models,
on ministack; nothing of AWS is used. What users need is in DIRECTORY: amplify_outputs.json, env.sh and passwords/. It prints what
to type next, and ends with Ctrl-C or with the end of its input. Lines of its input are commands:

  lifetime SECONDS        how long credentials of identities that are issued from now on are good (3600)
  expire                  those that were issued so far are refused from now on, as expired
  token-lifetime SECONDS  the same for ID and access tokens of users
  expire-key              the API key is refused from now on, as expired
  new-key                 makes another one, also in amplify_outputs.json
  totp                    a one-time code of tina
  stop, restart, pause, resume   as in scripts/test-server

With --json, for programs: one JSON line that describes everything, then one for each command, as scripts/test-server does.
"""

import argparse
import os
import signal
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from data_selftest import DataSelfTest  # noqa: E402
from guide import guide  # noqa: E402
from sandbox import Sandbox  # noqa: E402
from selftest import SelfTest  # noqa: E402
from test_server.commands import answer, converse, leave_caller  # noqa: E402
from test_server.error import ServerError  # noqa: E402


def parse():
    parser = argparse.ArgumentParser(
        prog="amplify-sandbox", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", nargs="?", help="where its files go (a new temporary directory)")
    parser.add_argument("--json", action="store_true", help="talk to a program")
    parser.add_argument("--selftest", action="store_true", help="check that store and API enforce the access rules, and end")
    return parser.parse_args()


def forget_account():
    """Nothing of the caller's own AWS account may be used, and no proxy."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(
        AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull, AWS_EC2_METADATA_DISABLED="true",
        NO_PROXY="127.0.0.1", no_proxy="127.0.0.1")


def talk(sandbox):
    """With a person."""
    print(guide(sandbox), flush=True)
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            reply = sandbox.perform(line)
            print("done" if not reply.get("code") else reply["code"], flush=True)
        except (ServerError, OSError) as error:
            print(error, flush=True)


def run_selftest(sandbox):
    problems, checks = [], 0
    # One after the other: each expires what was issued before.
    for kind in (DataSelfTest, SelfTest):
        test = kind(sandbox)
        problems += test.run()
        checks += test.checks
    print(*problems, f"{checks} checks, {len(problems)} wrong", sep="\n")
    return 1 if problems else 0


def main():
    options = parse()
    if options.json:
        leave_caller()
    else:
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, _: sys.exit(128 + number))
    forget_account()
    sandbox = Sandbox(options.directory)
    try:
        sandbox.start()
        if options.selftest:
            return run_selftest(sandbox)
        if options.json:
            answer(**sandbox.description())
            converse(sandbox.perform)
        else:
            talk(sandbox)
        return 0
    except (ServerError, OSError) as error:
        if isinstance(error, ConnectionError):
            return 0  # The caller is gone.
        if options.json:
            answer(error=str(error))
        else:
            print(f"amplify-sandbox: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        sandbox.end()


if __name__ == "__main__":
    sys.exit(main())

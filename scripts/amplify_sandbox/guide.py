# SPDX-License-Identifier: Apache-2.0
"""What the sandbox tells a person."""

import shlex

USERS = {
    "alice": "signed in, no group",
    "bob": "another one",
    "carol": "in the group admin",
    "dave": "in admin and editors: has the rights of admin only",
    "erin": "in the group editors",
    "nora": "has to choose a new password at the first sign-in",
    "tina": "is asked for a one-time code: type `totp` here for one",
}

COMMANDS = """\
Commands, here: lifetime SECONDS (of new credentials), token-lifetime SECONDS, expire (all credentials, now), expire-key (of
the API), new-key, totp, pause, resume, stop, restart. Ctrl-C ends the sandbox and removes its files."""


def guide(sandbox):
    directory = shlex.quote(sandbox.directory)
    lines = [
        f"An Amplify backend is at {sandbox.aws.endpoint}. In another terminal:",
        "",
        f"    source {directory}/env.sh",
        f"    cd {directory}",
        "    pail auth sign-in --user alice@example.com --password-file passwords/alice",
        "    mkdir mnt && pail mount --amplify amplify_outputs.json mnt",
        "    ls mnt/app mnt/app/private mnt/media",
        "    pail umount mnt",
        "",
        "The users, NAME@example.com; their passwords are in passwords/:",
        *(f"    {name:<7} {text}" for name, text in USERS.items()),
        "",
        COMMANDS,
    ]
    return "\n".join(lines)

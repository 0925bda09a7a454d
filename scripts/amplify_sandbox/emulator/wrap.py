# SPDX-License-Identifier: Apache-2.0


def wrap(module, name):
    """Puts the function that follows around `module.name`, which becomes its first argument."""
    original = getattr(module, name)

    def install(replacement):
        setattr(module, name, lambda *arguments, **named: replacement(original, *arguments, **named))
        return replacement
    return install

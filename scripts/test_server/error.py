# SPDX-License-Identifier: Apache-2.0


class ServerError(Exception):
    """A sentence for the caller."""

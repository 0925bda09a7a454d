# SPDX-License-Identifier: Apache-2.0
"""The servers of scripts/test-server, one a file."""

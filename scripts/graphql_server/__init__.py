# SPDX-License-Identifier: Apache-2.0
"""The server of scripts/graphql-server: service.py has its state and its commands, web.py speaks HTTP, resolvers.py and records.py
are what Amplify's resolvers and DynamoDB do, conditions.py evaluates filters, faults.py fails on demand."""

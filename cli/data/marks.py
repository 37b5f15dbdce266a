"""How invented data is told from real data."""

from __future__ import annotations

TAG = "示例数据"
"""On every conversation, ticket and team that was filled in."""
CHANNEL = "sample"
"""Of an identity of every customer who was filled in."""
USERNAME = "sample-"
"""What the names of invented staff begin with; they cannot sign in."""

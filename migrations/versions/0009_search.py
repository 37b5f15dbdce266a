"""an index of words for each kind of thing, kept up to date at once"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

_KINDS = ('message', 'ticket', 'customer', 'knowledge')


def upgrade() -> None:
    op.drop_index('ix_search_entry_terms', table_name='search_entry', postgresql_using='gin')
    for kind in _KINDS:
        op.create_index(f'ix_search_entry_{kind}', 'search_entry', ['terms'], unique=False, postgresql_using='gin', postgresql_with={'fastupdate': 'off'}, postgresql_where=sa.text(f"kind = '{kind}'"))


def downgrade() -> None:
    for kind in _KINDS:
        op.drop_index(f'ix_search_entry_{kind}', table_name='search_entry', postgresql_using='gin')
    op.create_index('ix_search_entry_terms', 'search_entry', ['terms'], unique=False, postgresql_using='gin')

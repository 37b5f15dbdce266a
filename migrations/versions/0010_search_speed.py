"""terms lie beside what they find, and filters of the ticket list have indexes"""

from __future__ import annotations

from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # holds for what is written from now on
    op.execute('ALTER TABLE search_entry SET (toast_tuple_target = 8160)')
    op.create_index('ix_ticket_category_created_at', 'ticket', ['category', 'created_at'], unique=False)
    op.create_index('ix_ticket_tags', 'ticket', ['tags'], unique=False, postgresql_using='gin', postgresql_ops={'tags': 'jsonb_path_ops'})


def downgrade() -> None:
    op.drop_index('ix_ticket_tags', table_name='ticket', postgresql_using='gin')
    op.drop_index('ix_ticket_category_created_at', table_name='ticket')
    op.execute('ALTER TABLE search_entry RESET (toast_tuple_target)')

"""mail is claimed before it is sent, changed visits are told of, a phone nobody reads goes"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('visit_change',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('staff_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_visit_change_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_change'))
    )
    op.create_index('ix_visit_change_created_at', 'visit_change', ['created_at'], unique=False)
    op.add_column('notification', sa.Column('mail_claimed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('notification', sa.Column('mail_tries', sa.Integer(), server_default='0', nullable=False))
    op.alter_column('notification', 'mail_tries', server_default=None)
    op.drop_column('commerce_identity', 'phone_masked')


def downgrade() -> None:
    op.add_column('commerce_identity', sa.Column('phone_masked', sa.Text(), nullable=True))
    op.drop_column('notification', 'mail_tries')
    op.drop_column('notification', 'mail_claimed_at')
    op.drop_index('ix_visit_change_created_at', table_name='visit_change')
    op.drop_table('visit_change')

"""teams, skills and presence of staff; customers as one record"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

_FILLED = (
    ('customer', 'language'),
    ('customer', 'preferences'),
    ('customer', 'masked'),
    ('customer', 'version'),
    ('staff', 'presence'),
    ('staff', 'capacity'),
    ('staff', 'languages'),
    ('staff', 'channels'),
    ('staff', 'notify'),
)
"""New columns that rows of before were given a value in."""


def upgrade() -> None:
    op.create_table('team',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('lead_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['lead_id'], ['staff.id'], name='fk_team_lead_id'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_team')),
    sa.UniqueConstraint('name', name=op.f('uq_team_name'))
    )
    op.create_table('customer_identity',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('external_id', sa.Text(), nullable=False),
    sa.Column('proof', sa.Text(), nullable=True),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_customer_identity_customer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customer_identity')),
    sa.UniqueConstraint('channel', 'external_id', name=op.f('uq_customer_identity_channel_external_id'))
    )
    op.create_index('ix_customer_identity_customer_id', 'customer_identity', ['customer_id'], unique=False)
    op.create_table('customer_merge',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('source_id', sa.Uuid(), nullable=False),
    sa.Column('target_id', sa.Uuid(), nullable=False),
    sa.Column('proof', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('moved', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['source_id'], ['customer.id'], name=op.f('fk_customer_merge_source_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_customer_merge_staff_id')),
    sa.ForeignKeyConstraint(['target_id'], ['customer.id'], name=op.f('fk_customer_merge_target_id')),
    sa.ForeignKeyConstraint(['undone_by'], ['staff.id'], name=op.f('fk_customer_merge_undone_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customer_merge'))
    )
    op.create_index('ix_customer_merge_target_id', 'customer_merge', ['target_id'], unique=False)
    op.create_table('customer_note',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_customer_note_customer_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_customer_note_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customer_note'))
    )
    op.create_index('ix_customer_note_customer_id', 'customer_note', ['customer_id'], unique=False)
    op.create_table('notification',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('subject_kind', sa.Text(), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('data', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('mailed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_notification_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notification'))
    )
    op.create_index('ix_notification_staff_id_created_at', 'notification', ['staff_id', 'created_at'], unique=False)
    op.create_table('saved_view',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('filter', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_saved_view_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_view')),
    sa.UniqueConstraint('staff_id', 'place', 'name', name=op.f('uq_saved_view_staff_id_place_name'))
    )
    op.create_table('setting',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('value', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['updated_by'], ['staff.id'], name=op.f('fk_setting_updated_by')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_setting'))
    )
    op.create_table('staff_skill',
    sa.Column('staff_id', sa.Uuid(), nullable=False),
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.CheckConstraint('level BETWEEN 1 AND 5', name=op.f('ck_staff_skill_level_range')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_skill_staff_id')),
    sa.PrimaryKeyConstraint('staff_id', 'category', name=op.f('pk_staff_skill'))
    )
    op.add_column('customer', sa.Column('language', sa.Text(), server_default=sa.text("'zh'"), nullable=False))
    op.add_column('customer', sa.Column('preferences', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False))
    op.add_column('customer', sa.Column('sealed', sa.LargeBinary(), nullable=True))
    op.add_column('customer', sa.Column('masked', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False))
    op.add_column('customer', sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('customer', sa.Column('merged_into_id', sa.Uuid(), nullable=True))
    op.add_column('customer', sa.Column('version', sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.create_index('ix_customer_merged_into_id', 'customer', ['merged_into_id'], unique=False)
    op.create_foreign_key(op.f('fk_customer_merged_into_id'), 'customer', 'customer', ['merged_into_id'], ['id'])
    op.add_column('staff', sa.Column('presence', sa.Text(), server_default=sa.text("'online'"), nullable=False))
    op.add_column('staff', sa.Column('presence_since', sa.DateTime(timezone=True), nullable=True))
    op.add_column('staff', sa.Column('capacity', sa.Integer(), server_default=sa.text("8"), nullable=False))
    op.add_column('staff', sa.Column('languages', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[\"zh\"]'"), nullable=False))
    op.add_column('staff', sa.Column('channels', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False))
    op.add_column('staff', sa.Column('team_id', sa.Uuid(), nullable=True))
    op.add_column('staff', sa.Column('email', sa.Text(), nullable=True))
    op.add_column('staff', sa.Column('notify', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False))
    op.add_column('staff', sa.Column('last_assigned_at', sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f('fk_staff_team_id'), 'staff', 'team', ['team_id'], ['id'])
    for table, column in _FILLED:
        op.alter_column(table, column, server_default=None)
    op.execute("UPDATE staff SET capacity = 0 WHERE role <> 'agent'")
    op.create_check_constraint('presence_known', 'staff', "presence IN ('online', 'busy', 'break', 'offline')")
    op.create_check_constraint('capacity_range', 'staff', 'capacity BETWEEN 0 AND 50')


def downgrade() -> None:
    op.drop_constraint(op.f('ck_staff_capacity_range'), 'staff')
    op.drop_constraint(op.f('ck_staff_presence_known'), 'staff')
    op.drop_constraint(op.f('fk_staff_team_id'), 'staff', type_='foreignkey')
    op.drop_column('staff', 'last_assigned_at')
    op.drop_column('staff', 'notify')
    op.drop_column('staff', 'email')
    op.drop_column('staff', 'team_id')
    op.drop_column('staff', 'channels')
    op.drop_column('staff', 'languages')
    op.drop_column('staff', 'capacity')
    op.drop_column('staff', 'presence_since')
    op.drop_column('staff', 'presence')
    op.drop_constraint(op.f('fk_customer_merged_into_id'), 'customer', type_='foreignkey')
    op.drop_index('ix_customer_merged_into_id', table_name='customer')
    op.drop_column('customer', 'version')
    op.drop_column('customer', 'merged_into_id')
    op.drop_column('customer', 'verified_at')
    op.drop_column('customer', 'masked')
    op.drop_column('customer', 'sealed')
    op.drop_column('customer', 'preferences')
    op.drop_column('customer', 'language')
    op.drop_table('staff_skill')
    op.drop_table('setting')
    op.drop_table('saved_view')
    op.drop_index('ix_notification_staff_id_created_at', table_name='notification')
    op.drop_table('notification')
    op.drop_index('ix_customer_note_customer_id', table_name='customer_note')
    op.drop_table('customer_note')
    op.drop_index('ix_customer_merge_target_id', table_name='customer_merge')
    op.drop_table('customer_merge')
    op.drop_index('ix_customer_identity_customer_id', table_name='customer_identity')
    op.drop_table('customer_identity')
    op.drop_table('team')

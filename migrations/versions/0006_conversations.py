"""queue waits, wrap-up, notes, files, canned replies"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

_FILLED = (
    ('conversation', 'language'),
    ('conversation', 'tags'),
    ('conversation', 'passed_over'),
    ('message', 'private'),
    ('message', 'mentions'),
)
"""New columns that rows of before were given a value in."""


def upgrade() -> None:
    op.create_table('canned_reply',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('shortcut', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('category', sa.Text(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('updated_by', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['updated_by'], ['staff.id'], name=op.f('fk_canned_reply_updated_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_canned_reply')),
    sa.UniqueConstraint('shortcut', name=op.f('uq_canned_reply_shortcut'))
    )
    op.create_table('macro',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('actions', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('updated_by', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['updated_by'], ['staff.id'], name=op.f('fk_macro_updated_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_macro')),
    sa.UniqueConstraint('name', name=op.f('uq_macro_name'))
    )
    op.create_table('queue_wait',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('category', sa.Text(), nullable=True),
    sa.Column('priority', sa.Text(), nullable=True),
    sa.Column('queued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expected_seconds', sa.Integer(), nullable=True),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('left_for', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_queue_wait_conversation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_queue_wait'))
    )
    op.create_index('ix_queue_wait_left_at', 'queue_wait', ['left_at'], unique=False)
    op.create_index('uq_queue_wait_open', 'queue_wait', ['conversation_id'], unique=True, postgresql_where=sa.text('left_at IS NULL'))
    op.create_table('wrap_up',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=False),
    sa.Column('result', sa.Text(), nullable=False),
    sa.Column('root_cause', sa.Text(), nullable=True),
    sa.Column('category', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_wrap_up_conversation_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_wrap_up_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wrap_up'))
    )
    op.create_index('ix_wrap_up_conversation_id', 'wrap_up', ['conversation_id'], unique=False)
    op.create_table('attachment',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=True),
    sa.Column('message_id', sa.Uuid(), nullable=True),
    sa.Column('ticket_id', sa.Uuid(), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('media_type', sa.Text(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_attachment_conversation_id')),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_attachment_message_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_attachment_staff_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_attachment_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment'))
    )
    op.create_index('ix_attachment_conversation_id', 'attachment', ['conversation_id'], unique=False)
    op.create_index('ix_attachment_message_id', 'attachment', ['message_id'], unique=False)
    op.create_index('ix_attachment_ticket_id', 'attachment', ['ticket_id'], unique=False)
    op.create_table('label_correction',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=True),
    sa.Column('message_id', sa.Uuid(), nullable=True),
    sa.Column('ticket_id', sa.Uuid(), nullable=True),
    sa.Column('target', sa.Text(), nullable=False),
    sa.Column('said', sa.Text(), nullable=True),
    sa.Column('corrected', sa.Text(), nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_label_correction_conversation_id')),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_label_correction_message_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_label_correction_staff_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_label_correction_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_label_correction'))
    )
    op.create_index('ix_label_correction_created_at', 'label_correction', ['created_at'], unique=False)
    op.add_column('conversation', sa.Column('language', sa.Text(), server_default=sa.text("'zh'"), nullable=False))
    op.add_column('conversation', sa.Column('last_agent_id', sa.Uuid(), nullable=True))
    op.add_column('conversation', sa.Column('tags', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False))
    op.add_column('conversation', sa.Column('wanted_agent_id', sa.Uuid(), nullable=True))
    op.add_column('conversation', sa.Column('wanted_skill', sa.Text(), nullable=True))
    op.add_column('conversation', sa.Column('passed_over', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False))
    op.add_column('conversation', sa.Column('told_position', sa.Integer(), nullable=True))
    op.add_column('conversation', sa.Column('told_wait_seconds', sa.Integer(), nullable=True))
    op.add_column('conversation', sa.Column('told_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('conversation', sa.Column('nps', sa.Integer(), nullable=True))
    op.add_column('conversation', sa.Column('rated_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index('ix_conversation_due', 'conversation', ['first_response_due_at'], unique=False)
    op.create_index('ix_conversation_owner_state', 'conversation', ['owner_id', 'state', 'updated_at'], unique=False)
    op.create_foreign_key(op.f('fk_conversation_last_agent_id'), 'conversation', 'staff', ['last_agent_id'], ['id'])
    op.create_foreign_key(op.f('fk_conversation_wanted_agent_id'), 'conversation', 'staff', ['wanted_agent_id'], ['id'])
    op.add_column('message', sa.Column('private', sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column('message', sa.Column('mentions', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False))
    op.add_column('message', sa.Column('quote_of', sa.Uuid(), nullable=True))
    op.add_column('message', sa.Column('recalled_at', sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f('fk_message_quote_of'), 'message', 'message', ['quote_of'], ['id'])
    for table, column in _FILLED:
        op.alter_column(table, column, server_default=None)
    op.create_check_constraint('nps_range', 'conversation', 'nps BETWEEN 0 AND 10')


def downgrade() -> None:
    op.drop_constraint(op.f('ck_conversation_nps_range'), 'conversation')
    op.drop_constraint(op.f('fk_message_quote_of'), 'message', type_='foreignkey')
    op.drop_column('message', 'recalled_at')
    op.drop_column('message', 'quote_of')
    op.drop_column('message', 'mentions')
    op.drop_column('message', 'private')
    op.drop_constraint(op.f('fk_conversation_wanted_agent_id'), 'conversation', type_='foreignkey')
    op.drop_constraint(op.f('fk_conversation_last_agent_id'), 'conversation', type_='foreignkey')
    op.drop_index('ix_conversation_owner_state', table_name='conversation')
    op.drop_index('ix_conversation_due', table_name='conversation')
    op.drop_column('conversation', 'rated_at')
    op.drop_column('conversation', 'nps')
    op.drop_column('conversation', 'told_at')
    op.drop_column('conversation', 'told_wait_seconds')
    op.drop_column('conversation', 'told_position')
    op.drop_column('conversation', 'passed_over')
    op.drop_column('conversation', 'wanted_skill')
    op.drop_column('conversation', 'wanted_agent_id')
    op.drop_column('conversation', 'tags')
    op.drop_column('conversation', 'last_agent_id')
    op.drop_column('conversation', 'language')
    op.drop_index('ix_label_correction_created_at', table_name='label_correction')
    op.drop_table('label_correction')
    op.drop_index('ix_attachment_ticket_id', table_name='attachment')
    op.drop_index('ix_attachment_message_id', table_name='attachment')
    op.drop_index('ix_attachment_conversation_id', table_name='attachment')
    op.drop_table('attachment')
    op.drop_index('ix_wrap_up_conversation_id', table_name='wrap_up')
    op.drop_table('wrap_up')
    op.drop_index('uq_queue_wait_open', table_name='queue_wait', postgresql_where=sa.text('left_at IS NULL'))
    op.drop_index('ix_queue_wait_left_at', table_name='queue_wait')
    op.drop_table('queue_wait')
    op.drop_table('macro')
    op.drop_table('canned_reply')

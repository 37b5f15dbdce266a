"""tickets with a history"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

HISTORY_IS_FINAL = """
CREATE TRIGGER ticket_event_is_final BEFORE UPDATE OR DELETE ON ticket_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ticket_event_is_kept BEFORE TRUNCATE ON ticket_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

_FILLED = (
    ('ticket', 'source'),
    ('ticket', 'title'),
    ('ticket', 'labels'),
    ('ticket', 'tags'),
    ('ticket', 'root_cause'),
    ('ticket', 'repeated'),
    ('ticket', 'version'),
    ('ticket', 'updated_at'),
)
"""New columns that rows of before were given a value in."""


def upgrade() -> None:
    op.create_table('checklist_item',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('ticket_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['done_by'], ['staff.id'], name=op.f('fk_checklist_item_done_by')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_checklist_item_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_checklist_item'))
    )
    op.create_index('ix_checklist_item_ticket_id', 'checklist_item', ['ticket_id'], unique=False)
    op.create_table('complaint_step',
    sa.Column('ticket_id', sa.Uuid(), nullable=False),
    sa.Column('step', sa.Text(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_by', sa.Uuid(), nullable=True),
    sa.Column('result', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['done_by'], ['staff.id'], name=op.f('fk_complaint_step_done_by')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_complaint_step_ticket_id')),
    sa.PrimaryKeyConstraint('ticket_id', 'step', name=op.f('pk_complaint_step'))
    )
    op.create_table('ticket_event',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('ticket_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=True),
    sa.Column('data', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_ticket_event_staff_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_ticket_event_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_event'))
    )
    op.create_index('ix_ticket_event_ticket_id_created_at', 'ticket_event', ['ticket_id', 'created_at'], unique=False)
    op.create_table('ticket_link',
    sa.Column('ticket_id', sa.Uuid(), nullable=False),
    sa.Column('other_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('relates', 'duplicates', 'caused_by')", name=op.f('ck_ticket_link_kind_known')),
    sa.CheckConstraint('ticket_id <> other_id', name=op.f('ck_ticket_link_not_itself')),
    sa.ForeignKeyConstraint(['other_id'], ['ticket.id'], name=op.f('fk_ticket_link_other_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_ticket_link_ticket_id')),
    sa.PrimaryKeyConstraint('ticket_id', 'other_id', name=op.f('pk_ticket_link'))
    )
    op.create_table('ticket_merge',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('source_id', sa.Uuid(), nullable=False),
    sa.Column('target_id', sa.Uuid(), nullable=False),
    sa.Column('source_state', sa.Text(), nullable=False),
    sa.Column('moved', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['source_id'], ['ticket.id'], name=op.f('fk_ticket_merge_source_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_ticket_merge_staff_id')),
    sa.ForeignKeyConstraint(['target_id'], ['ticket.id'], name=op.f('fk_ticket_merge_target_id')),
    sa.ForeignKeyConstraint(['undone_by'], ['staff.id'], name=op.f('fk_ticket_merge_undone_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_merge'))
    )
    op.create_index('ix_ticket_merge_target_id', 'ticket_merge', ['target_id'], unique=False)
    op.create_index('uq_ticket_merge_standing', 'ticket_merge', ['source_id'], unique=True, postgresql_where=sa.text('undone_at IS NULL'))
    op.create_table('ticket_note',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('ticket_id', sa.Uuid(), nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=True),
    sa.Column('public', sa.Boolean(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('mentions', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_ticket_note_staff_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_ticket_note_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_note'))
    )
    op.create_index('ix_ticket_note_ticket_id', 'ticket_note', ['ticket_id'], unique=False)
    op.create_table('ticket_watcher',
    sa.Column('ticket_id', sa.Uuid(), nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_ticket_watcher_staff_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_ticket_watcher_ticket_id')),
    sa.PrimaryKeyConstraint('ticket_id', 'staff_id', name=op.f('pk_ticket_watcher'))
    )
    op.add_column('ticket', sa.Column('source', sa.Text(), server_default=sa.text("'bot'"), nullable=False))
    op.add_column('ticket', sa.Column('title', sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column('ticket', sa.Column('labels', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False))
    op.add_column('ticket', sa.Column('assignee_id', sa.Uuid(), nullable=True))
    op.add_column('ticket', sa.Column('team_id', sa.Uuid(), nullable=True))
    op.add_column('ticket', sa.Column('tags', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False))
    op.add_column('ticket', sa.Column('parent_id', sa.Uuid(), nullable=True))
    op.add_column('ticket', sa.Column('merged_into_id', sa.Uuid(), nullable=True))
    op.add_column('ticket', sa.Column('result', sa.Text(), nullable=True))
    op.add_column('ticket', sa.Column('root_cause', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False))
    op.add_column('ticket', sa.Column('repeated', sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column('ticket', sa.Column('version', sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column('ticket', sa.Column('first_response_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('ticket', sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('ticket', sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('ticket', sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False))
    op.alter_column('ticket', 'conversation_id',
               existing_type=sa.UUID(),
               nullable=True)
    op.create_index('ix_ticket_assignee_state', 'ticket', ['assignee_id', 'state'], unique=False)
    op.create_index('ix_ticket_created_at', 'ticket', ['created_at'], unique=False)
    op.create_index('ix_ticket_parent_id', 'ticket', ['parent_id'], unique=False)
    op.create_index('ix_ticket_state_updated_at', 'ticket', ['state', 'updated_at'], unique=False)
    op.create_foreign_key(op.f('fk_ticket_assignee_id'), 'ticket', 'staff', ['assignee_id'], ['id'])
    op.create_foreign_key(op.f('fk_ticket_merged_into_id'), 'ticket', 'ticket', ['merged_into_id'], ['id'])
    op.create_foreign_key(op.f('fk_ticket_parent_id'), 'ticket', 'ticket', ['parent_id'], ['id'])
    op.create_foreign_key(op.f('fk_ticket_team_id'), 'ticket', 'team', ['team_id'], ['id'])
    for table, column in _FILLED:
        op.alter_column(table, column, server_default=None)
    op.execute("UPDATE ticket SET state = 'pending_customer' WHERE state = 'waiting'")
    op.execute("UPDATE ticket SET state = 'open' WHERE state IN ('accepted', 'investigating', 'processing')")
    op.execute(HISTORY_IS_FINAL)


def downgrade() -> None:
    op.drop_constraint(op.f('fk_ticket_team_id'), 'ticket', type_='foreignkey')
    op.drop_constraint(op.f('fk_ticket_parent_id'), 'ticket', type_='foreignkey')
    op.drop_constraint(op.f('fk_ticket_merged_into_id'), 'ticket', type_='foreignkey')
    op.drop_constraint(op.f('fk_ticket_assignee_id'), 'ticket', type_='foreignkey')
    op.drop_index('ix_ticket_state_updated_at', table_name='ticket')
    op.drop_index('ix_ticket_parent_id', table_name='ticket')
    op.drop_index('ix_ticket_created_at', table_name='ticket')
    op.drop_index('ix_ticket_assignee_state', table_name='ticket')
    op.alter_column('ticket', 'conversation_id',
               existing_type=sa.UUID(),
               nullable=False)
    op.drop_column('ticket', 'updated_at')
    op.drop_column('ticket', 'closed_at')
    op.drop_column('ticket', 'resolved_at')
    op.drop_column('ticket', 'first_response_at')
    op.drop_column('ticket', 'version')
    op.drop_column('ticket', 'repeated')
    op.drop_column('ticket', 'root_cause')
    op.drop_column('ticket', 'result')
    op.drop_column('ticket', 'merged_into_id')
    op.drop_column('ticket', 'parent_id')
    op.drop_column('ticket', 'tags')
    op.drop_column('ticket', 'team_id')
    op.drop_column('ticket', 'assignee_id')
    op.drop_column('ticket', 'labels')
    op.drop_column('ticket', 'title')
    op.drop_column('ticket', 'source')
    op.drop_table('ticket_watcher')
    op.drop_index('ix_ticket_note_ticket_id', table_name='ticket_note')
    op.drop_table('ticket_note')
    op.drop_index('uq_ticket_merge_standing', table_name='ticket_merge', postgresql_where=sa.text('undone_at IS NULL'))
    op.drop_index('ix_ticket_merge_target_id', table_name='ticket_merge')
    op.drop_table('ticket_merge')
    op.drop_table('ticket_link')
    op.drop_index('ix_ticket_event_ticket_id_created_at', table_name='ticket_event')
    op.drop_table('ticket_event')
    op.drop_table('complaint_step')
    op.drop_index('ix_checklist_item_ticket_id', table_name='checklist_item')
    op.drop_table('checklist_item')

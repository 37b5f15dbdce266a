"""clocks, alerts, incidents, follow-ups, audit, search"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

AUDIT_IS_FINAL = """
CREATE TRIGGER audit_record_is_final BEFORE UPDATE OR DELETE ON audit_record
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_record_is_kept BEFORE TRUNCATE ON audit_record
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    op.create_table('audit_record',
    sa.Column('seq', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=True),
    sa.Column('staff_name', sa.Text(), nullable=True),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('subject_kind', sa.Text(), nullable=False),
    sa.Column('subject_id', sa.Text(), nullable=False),
    sa.Column('data', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('address', sa.Text(), nullable=True),
    sa.Column('previous', sa.LargeBinary(), nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_audit_record'))
    )
    op.create_index('ix_audit_record_at', 'audit_record', ['at'], unique=False)
    op.create_index('ix_audit_record_subject', 'audit_record', ['subject_kind', 'subject_id'], unique=False)
    op.create_table('deadline',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('subject_kind', sa.Text(), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('priority', sa.Text(), nullable=True),
    sa.Column('target_minutes', sa.Integer(), nullable=False),
    sa.Column('clock', sa.Boolean(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_seconds', sa.Integer(), nullable=False),
    sa.Column('running_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('warn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('next_look_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('warned_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('breached_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('met_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deadline'))
    )
    op.create_index('ix_deadline_breached_at', 'deadline', ['breached_at'], unique=False)
    op.create_index('ix_deadline_next_look', 'deadline', ['next_look_at'], unique=False, postgresql_where=sa.text('next_look_at IS NOT NULL'))
    op.create_index('ix_deadline_subject_id', 'deadline', ['subject_id'], unique=False)
    op.create_index('uq_deadline_running', 'deadline', ['subject_kind', 'subject_id', 'kind'], unique=True, postgresql_where=sa.text('met_at IS NULL AND cancelled_at IS NULL'))
    op.create_table('search_entry',
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('parent_id', sa.Uuid(), nullable=True),
    sa.Column('moment', sa.DateTime(timezone=True), nullable=False),
    sa.Column('terms', postgresql.TSVECTOR(), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'subject_id', name=op.f('pk_search_entry'))
    )
    op.create_index('ix_search_entry_kind_moment', 'search_entry', ['kind', 'moment'], unique=False)
    op.create_index('ix_search_entry_terms', 'search_entry', ['terms'], unique=False, postgresql_using='gin')
    op.create_table('alert',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('subject_kind', sa.Text(), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('level', sa.Text(), nullable=False),
    sa.Column('data', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('told', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('escalate_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('acknowledged_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('acknowledged_by', sa.Uuid(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['acknowledged_by'], ['staff.id'], name=op.f('fk_alert_acknowledged_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert'))
    )
    op.create_index('ix_alert_escalate_at', 'alert', ['escalate_at'], unique=False, postgresql_where=sa.text('escalate_at IS NOT NULL'))
    op.create_index('ix_alert_raised_at', 'alert', ['raised_at'], unique=False)
    op.create_index('uq_alert_open', 'alert', ['kind', 'subject_kind', 'subject_id'], unique=True, postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('reminder',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('cause', sa.Text(), nullable=False),
    sa.Column('text_key', sa.Text(), nullable=False),
    sa.Column('data', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_reminder_conversation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder'))
    )
    op.create_index('ix_reminder_waiting', 'reminder', ['at'], unique=False, postgresql_where=sa.text('sent_at IS NULL'))
    op.create_index('uq_reminder_cause', 'reminder', ['cause'], unique=True)
    op.create_table('follow_up',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('ticket_id', sa.Uuid(), nullable=True),
    sa.Column('conversation_id', sa.Uuid(), nullable=True),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_by', sa.Uuid(), nullable=True),
    sa.Column('satisfied', sa.Boolean(), nullable=True),
    sa.Column('result', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_follow_up_conversation_id')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_follow_up_customer_id')),
    sa.ForeignKeyConstraint(['done_by'], ['staff.id'], name=op.f('fk_follow_up_done_by')),
    sa.ForeignKeyConstraint(['owner_id'], ['staff.id'], name=op.f('fk_follow_up_owner_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_follow_up_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_follow_up'))
    )
    op.create_index('ix_follow_up_customer_id', 'follow_up', ['customer_id'], unique=False)
    op.create_index('ix_follow_up_due_at', 'follow_up', ['due_at'], unique=False)
    op.create_table('incident',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('grade', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('category', sa.Text(), nullable=True),
    sa.Column('cause', sa.Text(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=True),
    sa.Column('ticket_id', sa.Uuid(), nullable=True),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('detected_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('review', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_incident_conversation_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['staff.id'], name=op.f('fk_incident_owner_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_incident_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incident'))
    )
    op.create_index('ix_incident_detected_at', 'incident', ['detected_at'], unique=False)
    op.create_index('uq_incident_number', 'incident', ['number'], unique=True)
    op.create_table('incident_step',
    sa.Column('incident_id', sa.Uuid(), nullable=False),
    sa.Column('step', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_by', sa.Uuid(), nullable=True),
    sa.Column('result', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['done_by'], ['staff.id'], name=op.f('fk_incident_step_done_by')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_incident_step_incident_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['staff.id'], name=op.f('fk_incident_step_owner_id')),
    sa.PrimaryKeyConstraint('incident_id', 'step', name=op.f('pk_incident_step'))
    )

    op.execute(AUDIT_IS_FINAL)


def downgrade() -> None:
    op.drop_table('incident_step')
    op.drop_index('uq_incident_number', table_name='incident')
    op.drop_index('ix_incident_detected_at', table_name='incident')
    op.drop_table('incident')
    op.drop_index('ix_follow_up_due_at', table_name='follow_up')
    op.drop_index('ix_follow_up_customer_id', table_name='follow_up')
    op.drop_table('follow_up')
    op.drop_index('uq_reminder_cause', table_name='reminder')
    op.drop_index('ix_reminder_waiting', table_name='reminder', postgresql_where=sa.text('sent_at IS NULL'))
    op.drop_table('reminder')
    op.drop_index('uq_alert_open', table_name='alert', postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_index('ix_alert_raised_at', table_name='alert')
    op.drop_index('ix_alert_escalate_at', table_name='alert', postgresql_where=sa.text('escalate_at IS NOT NULL'))
    op.drop_table('alert')
    op.drop_index('ix_search_entry_terms', table_name='search_entry', postgresql_using='gin')
    op.drop_index('ix_search_entry_kind_moment', table_name='search_entry')
    op.drop_table('search_entry')
    op.drop_index('uq_deadline_running', table_name='deadline', postgresql_where=sa.text('met_at IS NULL AND cancelled_at IS NULL'))
    op.drop_index('ix_deadline_subject_id', table_name='deadline')
    op.drop_index('ix_deadline_next_look', table_name='deadline', postgresql_where=sa.text('next_look_at IS NOT NULL'))
    op.drop_index('ix_deadline_breached_at', table_name='deadline')
    op.drop_table('deadline')
    op.drop_index('ix_audit_record_subject', table_name='audit_record')
    op.drop_index('ix_audit_record_at', table_name='audit_record')
    op.drop_table('audit_record')

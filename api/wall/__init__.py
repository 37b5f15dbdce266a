"""The supervisors' wall: queue, agents, deadlines and today's figures at one look."""

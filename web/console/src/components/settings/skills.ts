import type { Agent } from '../../../../shared/api';

const MOST = 5;

/** The level that a click gives: one more, and none after the highest. */
export function nextLevel(level: number): number {
  return level >= MOST ? 0 : level + 1;
}

/** All skills of somebody with another level of one; level 0 takes it out. */
export function skillsWith(
  agent: Agent,
  category: string,
  level: number,
): { category: string; level: number }[] {
  const others = agent.skills
    .filter((skill) => skill.category.key !== category)
    .map((skill) => ({ category: skill.category.key, level: skill.level }));
  return level === 0 ? others : [...others, { category, level }];
}

import type { RetentionCalendar, RetentionUnit } from "./retention.ts";

const DAY = 86_400;
/** 1970-01-01 was a Thursday. */
const FIRST_WEEKDAY = 4;

/**
 * The number of the hour, day, week, … that a time is in: consecutive ones have consecutive numbers. `local` is in seconds
 * since 1970 by the clock on the wall.
 */
export function bucketOf(unit: RetentionUnit, local: number, calendar: RetentionCalendar = {}): number {
  if (unit === "hour") return Math.floor(local / 3600);
  const { weekStart = 1, hourOfDay = 0, monthsOfWeeks = false } = calendar;
  const day = Math.floor((local - hourOfDay * 3600) / DAY);
  if (unit === "day") return day;
  const sinceWeek = modulo(day + FIRST_WEEKDAY - weekStart, 7);
  if (unit === "week") return (day + FIRST_WEEKDAY - weekStart - sinceWeek) / 7;
  const date = dateOf(Math.floor(local / DAY));
  const month = date.month - (monthsOfWeeks && date.dayOfMonth <= sinceWeek ? 1 : 0);
  return unit === "month" ? month : Math.floor(month / (unit === "quarter" ? 3 : 12));
}

/** Months since the year 0, and the day of the month from 1, of a day since 1970 in the Gregorian calendar. */
function dateOf(day: number): { month: number; dayOfMonth: number } {
  const date = new Date(day * DAY * 1000);
  return { month: date.getUTCFullYear() * 12 + date.getUTCMonth(), dayOfMonth: date.getUTCDate() };
}

function modulo(number: number, by: number): number {
  return ((number % by) + by) % by;
}

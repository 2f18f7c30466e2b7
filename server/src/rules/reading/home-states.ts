import { BROWSERS } from "./home-states/browsers.ts";
import { DESKTOPS } from "./home-states/desktops.ts";
import { DEVELOPMENT } from "./home-states/development.ts";
import { GAMES } from "./home-states/games.ts";
import type { HomeState } from "./home-states/home-state.ts";
import { MEDIA } from "./home-states/media.ts";
import { MESSENGERS } from "./home-states/messengers.ts";
import { SECRETS } from "./home-states/secrets.ts";
import { SHELLS } from "./home-states/shells.ts";

/** Programs whose loss nobody would want, with the places of their releases. */
export const HOME_STATES: readonly HomeState[] = [
  ...SECRETS,
  ...DEVELOPMENT,
  ...BROWSERS,
  ...MESSENGERS,
  ...MEDIA,
  ...GAMES,
  ...DESKTOPS,
  ...SHELLS,
];

import { parentPath } from "../eval/path-name.ts";
import { CONFIG_NAMES, ProjectConfig } from "../ide/project-config/project-config.ts";

/** Where configurations are looked for. */
export interface ConfigPlaces {
  /** The text of a file; undefined when it is not there. */
  read(path: string): string | undefined;
  /** Whether the folders above this one are somebody else's. */
  isTop(folder: string): boolean;
}

/** The `impermanence.json` files of a workspace, each read once. */
export class ProjectConfigs {
  private readonly places: ConfigPlaces;
  private readonly byFolder = new Map<string, ProjectConfig | undefined>();

  constructor(places: ConfigPlaces) {
    this.places = places;
  }

  /** The configuration that speaks for a file: that of the nearest folder above it. */
  for(file: string): ProjectConfig | undefined {
    return this.at(parentPath(file));
  }

  /** The configuration that speaks for what lies in a folder. */
  at(folder: string): ProjectConfig | undefined {
    if (!this.byFolder.has(folder)) {
      const above = () =>
        folder === parentPath(folder) || this.places.isTop(folder) ? undefined : this.at(parentPath(folder));
      this.byFolder.set(folder, this.in(folder) ?? above());
    }
    return this.byFolder.get(folder);
  }

  /** Files may have changed. */
  refresh(): void {
    this.byFolder.clear();
  }

  private in(folder: string): ProjectConfig | undefined {
    const found = CONFIG_NAMES.flatMap((name) => {
      const path = folder === "/" ? `/${name}` : `${folder}/${name}`;
      const text = this.places.read(path);
      return text === undefined ? [] : [{ name, path, text }];
    });
    const [first, second] = found;
    return first && new ProjectConfig(first.path, first.text, second?.name);
  }
}

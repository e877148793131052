import { isFinal } from "../../client/state.ts";
import { ending, type Picture } from "../batch.ts";

/** Says once for all pictures that were on their way together how they ended. */
export interface Endings {
  /** The end of this picture is to be told. */
  await(picture: Picture): void;
  /** It left the list. */
  forget(picture: Picture): void;
  /** Tells, if none is on its way any more. */
  check(): void;
}

export function newEndings(say: (line: string) => void): Endings {
  let untold: Picture[] = [];
  return {
    await(picture) {
      if (!untold.includes(picture)) untold.push(picture);
    },
    forget(picture) {
      untold = untold.filter((other) => other !== picture);
    },
    check() {
      if (untold.length === 0 || untold.some(({ state }) => !isFinal(state))) return;
      say(ending(untold));
      untold = [];
    },
  };
}

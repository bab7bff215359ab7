/** A folder of which others use a few modules, and in which each room uses only those before it. */
export interface House {
  /** Path of the folder. */
  readonly folder: string;
  /** Its rooms, from the ground up: a folder or a module in it, as paths below it. */
  readonly rooms: readonly string[];
  /** The modules that others may import, as paths below it without the ending. */
  readonly doors: readonly string[];
  /** Folders that may import every module. */
  readonly friends?: readonly string[];
}

export const houses: readonly House[] = [
  {
    folder: 'core/formats',
    rooms: ['lines', 'values', 'json', 'yaml', 'toml', 'python'],
    // Merging is made of all of it.
    friends: ['core/merge'],
    doors: [
      'lines/decodeText',
      'lines/lineAt',
      'lines/splitLines',
      'values/values',
      'json/parseJson',
      'json/setJsonValues',
      'yaml/parseYaml',
      'python/verifyPython',
    ],
  },
  {
    folder: 'core/merge',
    rooms: ['observed.ts', 'threeWay', 'typed', 'file', 'baseline', 'outcomes'],
    doors: [
      'observed',
      'outcomes/planOutcomes',
      'outcomes/outcome',
      'outcomes/explainConflict',
      'outcomes/settle',
      'outcomes/facts',
      'outcomes/refuseHalves',
      'outcomes/refuseHidden',
      'outcomes/refuseUnresolved',
      'baseline/baseline',
      'baseline/readBaseline',
      'baseline/renderBaseline',
      'baseline/toEntry',
    ],
  },
  {
    folder: 'disk',
    rooms: ['paths.ts', 'files', 'lock', 'journal', 'changes', 'backup', 'apply', 'undo', 'read', 'package'],
    doors: [
      'paths',
      // What writes.
      'apply/applyChanges',
      'changes/planChanges',
      'changes/refuseChanged',
      'changes/toPlanned',
      'changes/planned',
      'undo/planUndo',
      // What reads the repository.
      'journal/observeAll',
      'journal/readInterrupted',
      'lock/watchOtherRuns',
      'undo/stoppedIdle',
      // What reads around it.
      'files/sha256',
      'read/findCopies',
      'read/findDjangoProject',
      'read/findRepository',
      'read/gitStatus',
      'read/inspectTarget',
      'read/isFree',
      'read/readJson',
      'package/findCommands',
      'package/ownPackage',
      'package/readTemplates',
      'package/requireNode',
    ],
  },
];

/** Who may import whom: data flows from tensors to the app, imports point back, never on. */

/** Files that every wing may import. */
const leaves = '^src/(errors|json-text|names)\\.ts$';

/** What each wing may import besides itself. */
const wings = {
  random: [],
  vector: [],
  tensor: ['random'],
  spectrum: ['random', 'vector'],
  quadratic: ['random', 'vector', 'spectrum'],
  network: ['random', 'tensor'],
  curvature: ['random', 'vector', 'tensor', 'network', 'spectrum'],
  training: ['random', 'vector', 'tensor', 'network', 'spectrum', 'curvature'],
  study: ['random', 'vector', 'tensor', 'network', 'spectrum', 'quadratic', 'curvature', 'training'],
  app: ['random', 'vector', 'tensor', 'network', 'spectrum', 'quadratic', 'curvature', 'training', 'study'],
};

/** What each room of the tensor wing may import besides itself. */
const tensorRooms = {
  graph: [],
  files: ['graph'],
  ops: ['graph', 'files'],
  autodiff: ['graph', 'files', 'ops'],
  onnx: ['graph', 'files', 'ops', 'autodiff'],
  engine: ['graph', 'files', 'ops', 'autodiff', 'onnx'],
};

function within(base, folders) {
  return `^${base}(${folders.join('|')})/`;
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that import each other are one thing, or a third is missing. Types count too.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'leaves',
      comment: 'Every wing may import these files; they import nothing of the house.',
      severity: 'error',
      from: { path: leaves },
      to: { path: '^src/' },
    },
    ...Object.entries(wings).map(([wing, allowed]) => ({
      name: `wing-${wing}`,
      comment: `src/${wing} may import ${['the leaves', ...allowed].join(', ')}; nothing else of src.`,
      severity: 'error',
      from: { path: `^src/${wing}/` },
      to: { path: '^src/', pathNot: [leaves, within('src/', [wing, ...allowed])] },
    })),
    ...Object.entries(tensorRooms).map(([room, allowed]) => ({
      name: `tensor-${room}`,
      comment: `src/tensor/${room} may import ${[room, ...allowed].join(', ')}; no other room of the tensor wing.`,
      severity: 'error',
      from: { path: `^src/tensor/${room}/` },
      to: { path: '^src/tensor/', pathNot: within('src/tensor/', [room, ...allowed]) },
    })),
    {
      name: 'runs-and-report-stand-below-commands',
      comment: 'Run directories and reports are used by the command line and the worker, not the other way.',
      severity: 'error',
      from: { path: '^src/app/(runs|report)/' },
      to: { path: '^src/app/(cli|worker)/' },
    },
    {
      name: 'server-stands-below-commands',
      comment: 'The server is started by a command and knows of none.',
      severity: 'error',
      from: { path: '^src/app/server/' },
      to: { path: '^src/app/cli/' },
    },
    {
      name: 'commands-alone-use-the-server',
      comment: 'What the server serves must not need it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/app/(server|cli)/' },
      to: { path: '^src/app/server/' },
    },
    {
      name: 'contract-stands-alone',
      comment:
        'The contract of the API is read by the page too, so it may bring nothing of the house with it.',
      severity: 'error',
      from: { path: '^src/app/server/contract/' },
      to: { path: '^src/', pathNot: '^src/app/server/contract/' },
    },
    {
      name: 'web-imports-the-contract-and-pure-files',
      comment:
        'A page runs in a browser: of src it may import the contract of the API, the spectral part, and what says how things look.',
      severity: 'error',
      from: { path: '^web/', pathNot: '^web/playground/' },
      to: {
        path: '^src/',
        pathNot: [
          leaves,
          '^src/spectrum/',
          '^src/app/server/contract/',
          '^src/app/report/(theme|format|definitions|block-names)\\.ts$',
        ],
      },
    },
    {
      name: 'playground-imports-what-computes',
      comment:
        'The playground computes in a browser: it may import what measures and what run records are made of, but no command, server or binding. That nothing behind its imports needs Node, its build makes sure.',
      severity: 'error',
      from: { path: '^web/playground/' },
      to: {
        path: '^src/',
        pathNot: [
          leaves,
          within('src/', ['random', 'vector', 'tensor/graph', 'tensor/ops', 'tensor/onnx']),
          within('src/', ['spectrum', 'network', 'curvature', 'study']),
          '^src/tensor/engine/(engine|session-engine|timed)\\.ts$',
          '^src/app/runs/(layout|records|schema|measured|start)\\.ts$',
          '^src/app/server/(contract|details)/',
          '^src/app/server/entries/run-line\\.ts$',
          '^src/app/report/(theme|format|definitions|block-names)\\.ts$',
        ],
      },
    },
    {
      name: 'rooms-of-pages-stand-below-pages',
      comment: 'What several pages share must not need one of them, nor may a page need another.',
      severity: 'error',
      from: { path: '^web/([^/]+)/' },
      to: { path: '^web/(dashboard|playground)/', pathNot: '^web/$1/' },
    },
    {
      name: 'nobody-imports-pages',
      comment: 'A page is built by itself and reached over the network.',
      severity: 'error',
      from: { pathNot: '^(web|test|bench)/' },
      to: { path: '^web/' },
    },
    {
      name: 'one-door-to-onnxruntime',
      comment: 'The binding is loaded once in a process and its rules live in one file.',
      severity: 'error',
      from: { pathNot: '^src/tensor/engine/onnxruntime\\.ts$' },
      to: { path: '(^|/)onnxruntime-node(/|$)' },
    },
    {
      name: 'one-door-to-onnxruntime-web',
      comment: 'The same for the runtime of browsers.',
      severity: 'error',
      from: { pathNot: '^web/playground/engine/onnxruntime-web\\.ts$' },
      to: { path: '(^|/)onnxruntime-web(/|$)' },
    },
    {
      name: 'no-orphans',
      comment: 'A file that imports nothing and that nobody imports is dead.',
      severity: 'error',
      from: { orphan: true, path: '^(src|web)/', pathNot: '\\.d\\.ts$' },
      to: {},
    },
    {
      name: 'nobody-imports-tests',
      comment: 'What is shipped must not need test, bench, parity or oracle.',
      severity: 'error',
      from: { pathNot: '^(test|bench|parity|oracle)/' },
      to: { path: '^(test|bench|parity|oracle)/' },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere would pass every other rule.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Type-only imports are gone after compilation, but tie files together all the same.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};

// Draws with programs that live in npm: a line in, a line out, until stdin ends.
//   in:  PROGRAM <tab> SMILES <tab> options as JSON
//   out: ok <tab> x,y;x,y… <tab> i-j;i-j… <tab> SVG on one line,  or  no <tab> reason
import { createInterface } from 'node:readline';
import { JSDOM } from 'jsdom';
import * as oclModule from 'openchemlib';

const OCL = oclModule.default ?? oclModule;

// smiles-drawer needs a page to draw on, and a canvas that can tell how wide a word is.
const { window } = new JSDOM('<!DOCTYPE html><body></body>');
for (const name of ['HTMLElement', 'HTMLCanvasElement', 'SVGElement', 'SVGSVGElement', 'XMLSerializer']) {
  globalThis[name] = window[name];
}
globalThis.window = window;
globalThis.document = window.document;
window.HTMLCanvasElement.prototype.getContext = () => ({
  font: '10px sans-serif',
  measureText(text) {
    const size = parseFloat(/([\d.]+)p/.exec(this.font)?.[1] ?? '10');
    const width = 0.62 * size * text.length;
    return { width, actualBoundingBoxLeft: 0, actualBoundingBoxRight: width, actualBoundingBoxAscent: 0.72 * size, actualBoundingBoxDescent: 0 };
  },
});
const smilesDrawerModule = await import('smiles-drawer');
const SmilesDrawer = smilesDrawerModule.default ?? smilesDrawerModule;

const programs = {
  openchemlib(smiles, options) {
    const molecule = OCL.Molecule.fromSmiles(smiles);
    molecule.inventCoordinates();
    const svg = molecule.toSVG(options.width, options.height, 'm', options);
    const atoms = [], bonds = [];
    for (let i = 0; i < molecule.getAllAtoms(); i++) atoms.push([molecule.getAtomX(i), molecule.getAtomY(i)]);
    for (let i = 0; i < molecule.getAllBonds(); i++) bonds.push([molecule.getBondAtom(0, i), molecule.getBondAtom(1, i)]);
    return { svg, atoms, bonds };
  },

  'smiles-drawer'(smiles, options) {
    const drawer = new SmilesDrawer.SvgDrawer(options);
    const target = window.document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    drawer.draw(SmilesDrawer.Parser.parse(smiles), target, 'light');
    const graph = drawer.preprocessor.graph;
    const atoms = graph.vertices.map((v) => [v.position.x, v.position.y]);
    const bonds = graph.edges.map((e) => [e.sourceId, e.targetId]);
    const drawn = graph.vertices.map((v) => v.value.isDrawn);
    return {
      svg: new window.XMLSerializer().serializeToString(target),
      atoms,
      bonds: bonds.filter(([a, b]) => drawn[a] && drawn[b]),
    };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [program, smiles, options] = line.split('\t');
  let answer;
  try {
    const { svg, atoms, bonds } = programs[program](smiles, JSON.parse(options));
    answer = ['ok', atoms.map((p) => p.join(',')).join(';'), bonds.map((b) => b.join('-')).join(';'), svg.replace(/\s*\n\s*/g, ' ')];
  } catch (problem) {
    answer = ['no', String(problem).replace(/\s+/g, ' ')];
  }
  process.stdout.write(answer.join('\t') + '\n');
}

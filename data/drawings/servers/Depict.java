import java.awt.Color;
import java.awt.Font;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.openscience.cdk.depict.DepictionGenerator;
import org.openscience.cdk.interfaces.IAtom;
import org.openscience.cdk.interfaces.IAtomContainer;
import org.openscience.cdk.interfaces.IBond;
import org.openscience.cdk.layout.StructureDiagramGenerator;
import org.openscience.cdk.renderer.SymbolVisibility;
import org.openscience.cdk.renderer.color.CDK2DAtomColors;
import org.openscience.cdk.renderer.color.UniColor;
import org.openscience.cdk.renderer.generators.standard.StandardGenerator;
import org.openscience.cdk.silent.SilentChemObjectBuilder;
import org.openscience.cdk.smiles.SmilesParser;

/**
 * Draws with CDK: a line in, a line out, until stdin ends.
 *   in:  cdk, tab, SMILES, tab, name=value words
 *   out: ok, tab, x,y;x,y…, tab, i-j;i-j…, tab, SVG on one line; or no, tab, reason
 */
class Depict {
  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    for (String line; (line = in.readLine()) != null; out.flush()) {
      String[] fields = line.split("\t", -1);
      try {
        out.println(draw(fields[1], words(fields[2])));
      } catch (Exception | StackOverflowError problem) {
        out.println("no\t" + String.valueOf(problem).replaceAll("\\s+", " "));
      }
    }
  }

  private static Map<String, String> words(String text) {
    Map<String, String> words = new HashMap<>();
    for (String word : text.trim().split(" ")) {
      String[] parts = word.split("=", 2);
      words.put(parts[0], parts.length > 1 ? parts[1] : "yes");
    }
    return words;
  }

  private static String draw(String smiles, Map<String, String> words) throws Exception {
    IAtomContainer molecule = new SmilesParser(SilentChemObjectBuilder.getInstance()).parseSmiles(smiles);
    new StructureDiagramGenerator().generateCoordinates(molecule);
    Font font = new Font(words.getOrDefault("font", "SansSerif").replace('_', ' '), Font.PLAIN, 14);
    DepictionGenerator generator = new DepictionGenerator(font)
        .withSize(Double.parseDouble(words.get("width")), Double.parseDouble(words.get("height")))
        .withFillToFit()
        .withParam(StandardGenerator.StrokeRatio.class, Double.parseDouble(words.getOrDefault("stroke", "1")))
        .withParam(StandardGenerator.BondSeparation.class, Double.parseDouble(words.getOrDefault("separation", "0.16")))
        .withParam(StandardGenerator.SymbolMarginRatio.class, Double.parseDouble(words.getOrDefault("margin", "2")));
    generator = generator.withParam(StandardGenerator.AtomColor.class,
        words.containsKey("colour") ? new CDK2DAtomColors() : new UniColor(Color.BLACK));
    if (words.containsKey("methyls")) {
      generator = generator.withParam(StandardGenerator.Visibility.class, SymbolVisibility.iupacRecommendations());
    }
    if (words.containsKey("circles")) generator = generator.withAromaticDisplay();
    if (words.containsKey("numbers")) generator = generator.withAtomNumbers();
    if (words.containsKey("carbons")) generator = generator.withCarbonSymbols();
    String svg = generator.depict(molecule).toSvgStr("px").replaceAll("\\s*\\n\\s*", " ");

    StringBuilder answer = new StringBuilder("ok\t");
    for (IAtom atom : molecule.atoms()) {
      answer.append(atom.getPoint2d().x).append(',').append(atom.getPoint2d().y).append(';');
    }
    answer.append('\t');
    for (IBond bond : molecule.bonds()) {
      answer.append(bond.getBegin().getIndex()).append('-').append(bond.getEnd().getIndex()).append(';');
    }
    return answer.append('\t').append(svg).toString();
  }
}

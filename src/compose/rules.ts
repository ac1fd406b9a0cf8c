// The schemas of fig as rules. `npm run build` puts the finished rules in the place of this file: nothing is compiled when fig starts, and no
// title or description is carried along.
import composeText from '../../schemas/compose-spec.json' with { type: 'json' };
import figText from '../../schemas/x-fig.json' with { type: 'json' };
import { compileSchema, type Rule, type SchemaNode } from './schema.ts';

/** The rules of a Compose file. */
export const composeRule: Rule = compileSchema(composeText as SchemaNode);
/** The rules of `x-fig:` at the top level. */
export const figRule: Rule = compileSchema(figText as SchemaNode);
/** The rules of `x-fig:` in a service. */
export const figServiceRule: Rule = compileSchema({ ...(figText as SchemaNode), $ref: '#/$defs/service' });

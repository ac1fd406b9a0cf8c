(function(exports,require,module){var l=Object.defineProperty;var g=Object.getOwnPropertyDescriptor;var _=Object.getOwnPropertyNames;var w=Object.prototype.hasOwnProperty;var $=(t,e)=>{for(var r in e)l(t,r,{get:e[r],enumerable:!0})},b=(t,e,r,i)=>{if(e&&typeof e=="object"||typeof e=="function")for(let n of _(e))!w.call(t,n)&&n!==r&&l(t,n,{get:()=>e[n],enumerable:!(i=g(e,n))||i.enumerable});return t};var v=t=>b(l({},"__esModule",{value:!0}),t);var R={};$(R,{complete:()=>h,completion:()=>d});module.exports=v(R);var a=require("./chunk-TRZKONGY.cjs"),s=require("./chunk-MH4FIZM3.cjs"),z=require("./chunk-U73S26DQ.cjs"),c=require("./chunk-2MPKCQ7O.cjs"),m=require("./chunk-J2DBKAXL.cjs"),V=require("./chunk-2VEEHC2O.cjs"),j=require("./chunk-IIUGNEPE.cjs"),M=require("./chunk-L2SUIU42.cjs");async function y(t,e){let r=t.slice(0,-1),i=t.at(-1)??"",n=O(r);if(n.expectsValue)return[];if(n.name===void 0)return f(i.startsWith("-")?p(s.a):x(),i);let o=await(0,a.b)(n.name)?.load?.();return o?u(o.flags,r.at(-1)??"")?[]:i.startsWith("-")?f(p(o.flags),i):o.completes==="services"?f(await C(o,e),i):[]:[]}function O(t){for(let e=0;e<t.length;e++){let r=t[e];if(!r.startsWith("-"))return{name:r,expectsValue:!1};if(u(s.a,r)){if(e===t.length-1)return{expectsValue:!0};e++}}return{expectsValue:!1}}function u(t,e){if(!e.startsWith("-")||e.includes("="))return!1;let r=Object.entries(t).find(([i,n])=>e===`--${(0,m.h)(i)}`||e===`-${n.short}`);return r!==void 0&&r[1].bareValue===void 0}function f(t,e){return t.filter(({word:r})=>r.startsWith(e))}function x(){return a.a.filter(t=>!t.hidden).map(({name:t,summary:e})=>({word:t,help:e}))}function p(t){return Object.entries(t).filter(([,e])=>!e.hidden&&!e.notYet).map(([e,r])=>({word:`--${(0,m.h)(e)}`,help:r.help}))}async function C(t,e){return(await e()).map(r=>({word:r,help:t.summary}))}function F(t){return P[t]}var P={bash:`_fig() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <(fig __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _fig fig
`,zsh:`#compdef fig
_fig() {
  local -a found
  local line
  while IFS= read -r line; do
    found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done < <(fig __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#found} )); then _describe fig found; else _files; fi
}
compdef _fig fig
`,fish:`function __fig_complete
  set -l words (commandline -opc) (commandline -ct)
  fig __complete -- $words[2..-1] 2>/dev/null
end
complete -c fig -f -a '(__fig_complete)'
complete -c fig -n 'not count (__fig_complete) >/dev/null' -F
`},d=(0,c.a)({name:"completion",usage:"bash|zsh|fish",summary:"Print the completion script for a shell",description:"For bash: source <(fig completion bash). For zsh: the same, after compinit. For fish: fig completion fish | source.",arguments:{least:1},flags:{},async run({args:t,context:e}){let[r=""]=t;if(!["bash","zsh","fish"].includes(r))throw new s.b(`no completion for shell "${r}": there is bash, zsh and fish`);return e.stdout.write(F(r)),0}}),h=(0,c.a)({name:"__complete",summary:"Answer a shell that completes",interspersed:!1,flags:{},async run({args:t,context:e}){let r=async()=>{let i=await e.tryLoad();return i.ok?Object.keys(i.project.services).sort():[]};for(let{word:i,help:n}of await y(t,r))e.stdout.write(`${i}	${n}
`);return 0}});0&&(module.exports={complete,completion});
})
"""Schemas from samples of the TypeScript that cdktf generates."""

from terraform_provider.generate.typescript import provider_schema, resource_schema

RESOURCE = """
export function thingRuleToHclTerraform(struct?: any): any {
  const attrs = {
    days: {
      value: cdktf.numberToHclTerraform(struct!.days),
      isBlock: false,
      type: "simple",
      storageClassType: "number",
    },
  };
}

export class ThingRuleOutputReference extends cdktf.ComplexObject {
  // days - computed: false, optional: false, required: true
  private _days?: number;
  public get days() {
    return this.getNumberAttribute('days');
  }
}

export class ThingRuleList extends cdktf.ComplexList {
}

export class Thing extends cdktf.TerraformResource {
  public static readonly tfResourceType = "aws_thing";
  // ==========
  // ATTRIBUTES
  // ==========

  // arn - computed: true, optional: false, required: false
  public get arn() {
    return this.getStringAttribute('arn');
  }

  // events - computed: false, optional: true, required: false
  public get events() {
    return cdktf.Fn.tolist(this.getListAttribute('events'));
  }

  // tags - computed: false, optional: true, required: false
  public get tags() {
    return this.getStringMapAttribute('tags');
  }

  // rule - computed: false, optional: false, required: true
  private _rule = new ThingRuleList(this, "rule", true);

  // ========
  // SYNTHESIS
  // ========
  protected synthesizeHclAttributes() {
    const attrs = {
      rule: {
        value: cdktf.listMapperHcl(thingRuleToHclTerraform, true)(this._rule.internalValue),
        isBlock: true,
        type: "set",
        storageClassType: "ThingRuleList",
      },
    };
  }
}
"""

PROVIDER = """
export function providerTagsToHclTerraform(struct?: any): any {
  const attrs = {
    keys: {
      value: cdktf.listMapperHcl(cdktf.stringToHclTerraform, false)(struct!.keys),
      isBlock: false,
      type: "set",
      storageClassType: "stringList",
    },
  };
}

export class Provider extends cdktf.TerraformProvider {
  protected synthesizeHclAttributes() {
    const attrs = {
      region: {
        value: cdktf.stringToHclTerraform(this._region),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      tags: {
        value: cdktf.listMapperHcl(providerTagsToHclTerraform, true)(this._tags),
        isBlock: true,
        type: "list",
        storageClassType: "ProviderTagsList",
      },
    };
  }
}
"""


def test_a_resource_has_attributes_with_types_and_flags_and_blocks_with_nesting() -> None:
    assert resource_schema(RESOURCE) == {
        "attributes": {
            "arn": ["string", "c"],
            "events": [["set", "string"], "o"],
            "tags": [["map", "string"], "o"],
        },
        "blocks": {"rule": ["set", 1, 0, {"attributes": {"days": ["number", "r"]}}]},
    }


def test_a_provider_is_all_optional() -> None:
    assert provider_schema(PROVIDER) == {
        "attributes": {"region": ["string", "o"]},
        "blocks": {"tags": ["list", 0, 0, {"attributes": {"keys": [["set", "string"], "o"]}}]},
    }
